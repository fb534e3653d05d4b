using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// The options of a SYN in the low bits of the timestamp that answers it, which the peer echoes (RFC 4987 section 3.6, laid out
/// as Linux does it). The timestamp is then up to 64 ms old, never in the future. Who forges the echo only spoils his own
/// connection.
/// </summary>
internal static class CookieOptions
{
    private const int Bits = 6;
    private const uint Mask = (1u << Bits) - 1;
    private const uint ScaleMask = 0xF;
    private const uint NoScale = 0xF;
    private const uint Sack = 1u << 4;
    private const uint Ecn = 1u << 5;
    private const byte MaximumScale = 14;

    /// <summary>
    /// The timestamp to answer <paramref name="syn"/> with, at <paramref name="timestamp"/> by the connection's clock.
    /// </summary>
    /// <param name="syn">The options of the peer's SYN.</param>
    /// <param name="ecn">Explicit Congestion Notification was agreed on (RFC 3168 section 6.1.1).</param>
    /// <param name="timestamp">TSval that the connection would send, milliseconds.</param>
    public static uint Encode(in TcpOptions syn, bool ecn, uint timestamp)
    {
        var options = syn.HasWindowScale ? Math.Min(syn.WindowScale, MaximumScale) : NoScale;
        if (syn.SackPermitted) options |= Sack;
        if (ecn) options |= Ecn;
        var encoded = timestamp & ~Mask | options;
        return unchecked((int)(encoded - timestamp)) > 0 ? encoded - (Mask + 1) : encoded;
    }

    /// <summary>Puts back what the echo tells. False where it is none of ours.</summary>
    public static bool TryDecode(in TcpOptions echoed, ref TcpOptions syn, out bool ecn)
    {
        ecn = false;
        if (!echoed.HasTimestamps) return true;
        var scale = echoed.TimestampEcho & ScaleMask;
        if (scale is > MaximumScale and not NoScale) return false;
        syn.HasTimestamps = true;
        syn.TimestampValue = echoed.TimestampValue;
        syn.SackPermitted = (echoed.TimestampEcho & Sack) != 0;
        ecn = (echoed.TimestampEcho & Ecn) != 0;
        syn.HasWindowScale = scale != NoScale;
        if (syn.HasWindowScale) syn.WindowScale = (byte)scale;
        return true;
    }
}
