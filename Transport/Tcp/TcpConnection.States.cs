using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Tcp.Timers;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// The state machine whole (RFC 9293 section 3.3.2, figure 5): what each state permits, and every change of state.
/// </summary>
public sealed partial class TcpConnection
{
    /// <summary>The state of the connection.</summary>
    public TcpState State { get; private set; }

    /// <summary>Payload is still expected from the peer.</summary>
    private bool IsReceiving => State is TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2;

    /// <summary>Payload or a FIN may be sent, for the first time or again.</summary>
    private bool IsSending => IsSendingEarly
        || State is TcpState.Established or TcpState.CloseWait or TcpState.FinWait1 or TcpState.Closing or TcpState.LastAck;

    private bool IsSynchronized => State is not (TcpState.Closed or TcpState.SynSent or TcpState.SynReceived);

    private void OnHandshakeDone(TimeSpan now)
    {
        State = TcpState.Established;
        if (_fastOpen.IsPayloadTaken) return; // the application began with the SYN
        if (_isPassive && _options.DeferAccept > TimeSpan.Zero) _timers.Start(TcpTimer.DeferAccept, now + _options.DeferAccept);
        else _events |= TcpEvents.Established;
    }

    private void OnFinSent() => State = State switch
    {
        TcpState.Established => TcpState.FinWait1,
        TcpState.CloseWait => TcpState.LastAck,
        _ => State, // sent again
    };

    private void OnFinAcknowledged(TimeSpan now)
    {
        switch (State)
        {
            case TcpState.FinWait1:
                State = TcpState.FinWait2;
                _timers.Stop(TcpTimer.Linger);
                BoundFinWait2(now);
                break;
            case TcpState.Closing:
                EnterTimeWait(now);
                break;
            case TcpState.LastAck:
                EnterClosed(null);
                break;
        }
    }

    private void OnFinReceived(TimeSpan now)
    {
        EndDeferral();
        _events |= TcpEvents.PeerClosed;
        switch (State)
        {
            case TcpState.Established:
                State = TcpState.CloseWait;
                break;
            case TcpState.FinWait1:
                State = TcpState.Closing;
                break;
            case TcpState.FinWait2:
                EnterTimeWait(now);
                break;
        }
    }

    private void EnterTimeWait(TimeSpan now)
    {
        State = TcpState.TimeWait;
        LeaveOrphans();
        _settings.Counters.Count(TcpExt.TW);
        _events |= TcpEvents.TimeWait;
        _timers.StopAll();
        _timers.Start(TcpTimer.TimeWait, now + _settings.TimeWait);
    }

    private void EnterClosed(Exception? error)
    {
        if (State is TcpState.SynSent or TcpState.SynReceived) _settings.Counters.Count(TcpMib.AttemptFails);
        else if (State is TcpState.Established or TcpState.CloseWait) _settings.Counters.Count(TcpMib.EstabResets);
        if (State is TcpState.SynSent) _negotiated.WithdrawTimestamps();
        State = TcpState.Closed;
        LeaveOrphans();
        Error = error;
        _events |= TcpEvents.Closed;
        _timers.StopAll();
        _reassembly.Clear();
        _scoreboard.Clear();
        _probe.Forget();
        _pending.Close();
        if (error is null) _receive.Complete();
        else _receive.Fail(error);
    }
}
