using System.Net.Sockets;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Tcp.Timers;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// The end of a connection that its application has left in both directions (RFC 9293 sections 3.6.1, 3.9.1.4): an orphan, to
/// whose end the stack alone sees.
/// </summary>
public sealed partial class TcpConnection
{
    /// <summary>The application reads no more and has written all.</summary>
    private bool IsOrphan => _receive.IsAbandoned && _send.IsCompleted;

    /// <summary>The application may have left in both directions.</summary>
    private void CheckOrphaned(TimeSpan now)
    {
        if (!IsOrphan || State is TcpState.TimeWait or TcpState.Closed) return;
        if (_receive.HasLostData)
        {
            ResetForLostData(TcpExt.TCPAbortOnClose);
            return;
        }

        if (!_isCountedOrphan && _settings.Orphans is { } orphans)
        {
            _isCountedOrphan = orphans.TryEnter();
            if (!_isCountedOrphan)
            {
                _settings.Counters.Count(TcpExt.TCPAbortOnMemory);
                Abort(new SocketException((int)SocketError.NoBufferSpaceAvailable), now);
                return;
            }
        }

        BoundLinger(now);
    }

    /// <summary>
    /// Nobody will read payload that the peer believes to be delivered. A RST tells it so, instead of a FIN and what is still to
    /// be sent (RFC 9293 section 3.6.1, RFC 2525 section 2.17), also after both FINs.
    /// </summary>
    private void ResetForLostData(TcpExt why)
    {
        _settings.Counters.Count(why);
        _pending.OweReset(_snd.Max);
        EnterClosed(new SocketException((int)SocketError.Shutdown));
    }

    /// <summary>The connection is over, or continues elsewhere.</summary>
    private void LeaveOrphans()
    {
        if (!_isCountedOrphan) return;
        _isCountedOrphan = false;
        _settings.Orphans!.Leave();
    }

    /// <summary>Nobody is left to read what the peer may still send: FIN-WAIT-2 is bounded, as in Linux (TCP_LINGER2).</summary>
    private void BoundFinWait2(TimeSpan now)
    {
        if (State is TcpState.FinWait2 && _receive.IsAbandoned && !_timers.IsRunning(TcpTimer.TimeWait))
            _timers.Start(TcpTimer.TimeWait, now + (_options.Linger2 > TimeSpan.Zero ? _options.Linger2 : _settings.TimeWait));
    }

    /// <summary>
    /// RFC 9293 section 3.9.1.4: queued payload is sent all the same. SO_LINGER bounds that, and with zero turns it into ABORT
    /// (section 3.9.1.6).
    /// </summary>
    private void BoundLinger(TimeSpan now)
    {
        if (_options.Linger is not { } linger || State is TcpState.FinWait2) return;
        if (linger <= TimeSpan.Zero) AbortLingering(now);
        else if (!_timers.IsRunning(TcpTimer.Linger)) _timers.Start(TcpTimer.Linger, now + linger);
    }

    private void AbortLingering(TimeSpan now)
    {
        _settings.Counters.Count(TcpExt.TCPAbortOnLinger);
        Abort(new SocketException((int)SocketError.ConnectionAborted), now);
    }
}
