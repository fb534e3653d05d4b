using System.Buffers.Binary;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// Fast Open cookies of the server (RFC 7413 section 4.1.2): a keyed hash of both addresses, so nothing is kept of whom one was
/// given. The key changes every hour; a cookie of the key before is good too, and its bearer gets a new one.
/// </summary>
internal sealed class FastOpenCookies(InitialSequence sequences)
{
    private const ulong Salt = 0x6661_7374_0000_0000;
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromHours(1);

    public FastOpenCookie Make(in FlowKey flow, TimeSpan now) => Make(flow, KeyAt(now));

    /// <summary>False where the cookie is none of ours, or too old.</summary>
    /// <param name="cookie">The cookie that the SYN carries.</param>
    /// <param name="flow">The flow of the SYN, whose addresses the cookie must fit.</param>
    /// <param name="now">The host's time.</param>
    /// <param name="isOld">Of the key before.</param>
    public bool IsGood(in FastOpenCookie cookie, in FlowKey flow, TimeSpan now, out bool isOld)
    {
        var key = KeyAt(now);
        isOld = false;
        if (cookie == Make(flow, key)) return true;
        isOld = key > 0 && cookie == Make(flow, key - 1);
        return isOld || (sequences.IsShared && cookie == Make(flow, key + 1)); // of a host whose clock is ahead
    }

    private ulong KeyAt(TimeSpan now) => (ulong)(sequences.Clock(now).Ticks / KeyLifetime.Ticks);

    private FastOpenCookie Make(in FlowKey flow, ulong key)
    {
        var addresses = new FlowKey(flow.Local with { Port = 0 }, flow.Remote with { Port = 0 });
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, sequences.Hash(addresses, Salt ^ key));
        return new FastOpenCookie(bytes);
    }
}
