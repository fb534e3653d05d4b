using ActorStack.Transport.Tcp.Handshake;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Options;

/// <summary>
/// The options that each kind of outgoing segment carries, with a connection (TcpConnection.AddOptions) and without one:
/// <code>
/// SYN             what this end offers: MSS (RFC 9293 section 3.7.1), window scale, timestamp (RFC 7323), SACK permitted
///                 (RFC 2018), and from a client the Fast Open cookie or the request for one (RFC 7413)
/// SYN,ACK         the MSS, and the offers that the peer's SYN has too; from a server the Fast Open cookie that it grants
/// payload, ACK    the timestamp where both SYNs had it (RFC 7323 section 3.2), SACK blocks where both permitted them
/// RST             the timestamp where both SYNs had it: so none in SYN-SENT
/// TIME-WAIT       the timestamp where both SYNs had it
/// SYN cookie      as SYN,ACK; without a timestamp, which carries the rest, the MSS alone
/// no connection   none
/// </code>
/// </summary>
public static class SegmentOptions
{
    /// <summary>Bytes of a timestamps option with its padding.</summary>
    internal const int TimestampLength = 12;

    /// <summary>The most bytes of options in a header.</summary>
    internal const int MaximumLength = 40;

    /// <summary>Bytes of the options of a segment without SYN, padded.</summary>
    internal static int LengthOf(in TcpOptions options) =>
        (options.HasTimestamps ? TimestampLength : 0) + (options.SackCount > 0 ? 4 + 8 * options.SackCount : 0);

    /// <summary>A SYN or a SYN,ACK.</summary>
    public static void AddToSyn(ref TcpOptions options, in SynOptions syn)
    {
        options.MaximumSegmentSize = syn.MaximumSegmentSize;
        options.SackPermitted = syn.Sack;
        options.HasWindowScale = syn.WindowScale is not null;
        options.WindowScale = syn.WindowScale ?? 0;
    }

    /// <summary>Any segment of a connection whose SYNs offered or agreed to timestamps.</summary>
    public static void AddTimestamps(ref TcpOptions options, bool timestamps, uint value, uint echo)
    {
        if (!timestamps) return;
        options.HasTimestamps = true;
        options.TimestampValue = value;
        options.TimestampEcho = echo;
    }
}
