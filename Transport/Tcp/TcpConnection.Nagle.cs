using ActorStack.Transport.Tcp.Timers;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// Segments that are not full. Nagle's algorithm (RFC 9293 section 3.7.4) has the form of its appendix A.3 (Minshall), as in
/// Linux: one such segment may be unacknowledged. So the end of what is written leaves with the full segments before it, and no
/// delayed acknowledgment holds it up. A cork (TCP_CORK) holds back every such segment for a while.
/// </summary>
public sealed partial class TcpConnection
{
    /// <summary>The longest time for which a cork may hold back payload, as in Linux.</summary>
    private static readonly TimeSpan LongestCork = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// The number of pending bytes, <paramref name="length"/> of them, that Nagle's algorithm permits to send now; -1: none.
    /// </summary>
    private int PermittedByNagle(int length, int full)
    {
        if (_options.NoDelay || !_snd.HasSmallOutstanding || length % full == 0) return length;
        return length >= full ? length / full * full : -1;
    }

    /// <summary>
    /// The number of pending bytes, <paramref name="length"/> of them, that the cork permits to send now; -1: none.
    /// </summary>
    private int PermittedByCork(int length, int full, TimeSpan now)
    {
        if (_pending.CorkExpired)
        {
            _pending.CorkExpired = false;
            _timers.Stop(TcpTimer.Cork);
            return length;
        }

        if (length % full > 0 && !_timers.IsRunning(TcpTimer.Cork)) _timers.Start(TcpTimer.Cork, now + LongestCork);
        return length >= full ? length / full * full : -1;
    }
}
