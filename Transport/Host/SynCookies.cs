using System.Numerics;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// Answers to SYNs that keep no state (RFC 4987 section 3.6, appendix A): what must be known later stands in the sequence number
/// that the peer acknowledges. Five bits of it are the time, three the MSS, the rest a hash that nobody off the path can forge.
/// The other options stand in the timestamp (<see cref="CookieOptions"/>); without timestamps they are given up. Safe for any
/// thread.
/// </summary>
internal sealed class SynCookies(InitialSequence sequences)
{
    private const int TickSeconds = 64;
    private const int TickBits = 5;
    private const int MssBits = 3;
    private const int HashBits = 32 - TickBits - MssBits;
    private const uint HashMask = (1u << HashBits) - 1;

    /// <summary>The next lower one is used; the last is that of jumbo frames.</summary>
    private static readonly ushort[] MaximumSegmentSizes = [64, 536, 1220, 1300, 1400, 1440, 1460, 8940];

    private const long Never = -1;

    /// <summary>When one was made last, by whichever loop: ticks.</summary>
    private long _lastAt = Never;

    /// <summary>Another host with the secret, whose place this one takes, has made some that may still be acknowledged.</summary>
    public void Expect(TimeSpan now) => Volatile.Write(ref _lastAt, now.Ticks);

    /// <summary>The initial sequence number to answer a SYN with.</summary>
    public SequenceNumber Make(in FlowKey flow, in TcpSegment syn, TimeSpan now)
    {
        Volatile.Write(ref _lastAt, now.Ticks);
        var index = MaximumSegmentSizes.Length - 1;
        while (index > 0 && MaximumSegmentSizes[index] > syn.Options.MaximumSegmentSize) index--;
        return Encode(flow, syn.Sequence, Tick(now), index);
    }

    /// <summary>
    /// Some were made that may still be acknowledged; else no acknowledgment can be of one, and nothing need be hashed. Hosts
    /// that share the secret may have made some that this one does not know of.
    /// </summary>
    public bool WereMade(TimeSpan now) =>
        sequences.IsShared
        || (Volatile.Read(ref _lastAt) is >= 0 and var last && now.Ticks - last <= 2 * TickSeconds * TimeSpan.TicksPerSecond);

    /// <summary>
    /// The SYN that a segment's acknowledgment stands for, as far as it is known; null where it acknowledges no cookie of the
    /// last one to two minutes.
    /// </summary>
    public FirstSegment? Open(in FlowKey flow, in TcpSegment segment, TimeSpan now)
    {
        var cookie = segment.Acknowledgment - 1;
        var syn = segment.Sequence - 1;
        var index = (int)(cookie.Value >> HashBits) & ((1 << MssBits) - 1);
        var tick = Tick(now);
        var isGood = cookie == Encode(flow, syn, tick, index) || cookie == Encode(flow, syn, tick - 1, index)
            || (sequences.IsShared && cookie == Encode(flow, syn, tick + 1, index)); // of a host whose clock is ahead
        if (!isGood) return null;
        var options = new TcpOptions { MaximumSegmentSize = MaximumSegmentSizes[index] };
        if (!CookieOptions.TryDecode(segment.Options, ref options, out var ecn)) return null;
        var flags = ecn ? TcpFlags.Syn | TcpFlags.Ece | TcpFlags.Cwr : TcpFlags.Syn;
        return new FirstSegment(new TcpSegment { Sequence = syn, Flags = flags, Window = segment.Window, Options = options })
        {
            Cookie = new SynCookie(cookie, segment.Options),
        };
    }

    private SequenceNumber Encode(in FlowKey flow, SequenceNumber syn, long tick, int index)
    {
        var hash = sequences.Hash(flow, BitOperations.RotateLeft((ulong)tick, 32) ^ syn.Value) & HashMask;
        return new SequenceNumber(
            (uint)(tick & ((1 << TickBits) - 1)) << (MssBits + HashBits) | (uint)index << HashBits | (uint)hash);
    }

    private long Tick(TimeSpan now) => (long)(sequences.Clock(now).TotalSeconds / TickSeconds);
}
