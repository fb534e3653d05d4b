using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// The options of every segment that is sent, by its kind, for connections and for what is answered without one:
/// <code>
/// SYN                   what is offered, and the timestamp without an echo (RFC 9293 section 3.7.1, RFC 7323, RFC 2018);
///                       Fast Open's cookie or the request for one (RFC 7413)
/// SYN,ACK               of that what the peer's SYN offered, too; the cookie that a server grants
/// all later ones        the timestamp, where both SYNs had it (RFC 7323 section 3.2)
/// those with text or a
/// bare acknowledgment   SACK blocks, where both SYNs permitted them (RFC 2018)
/// RST                   the timestamp, where both SYNs had it; none in SYN-SENT, and none where there is no connection
/// </code>
/// </summary>
public static class SegmentOptions
{
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
