using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;
using Akka.Actor;
using static ActorStack.Actors.Connections.ConnectionProtocol;

namespace ActorStack.Actors.Connections;

/// <summary>The software stack runs the connection: each input is given to it, then all it wants to send is sent.</summary>
internal sealed partial class ConnectionActor
{
    private long _countedReceived;
    private long _countedSent;
    private long _countedRetransmissions;
    private PathKnowledge? _path;

    private UntypedReceive Software() => message =>
    {
        switch (message)
        {
            case SegmentBurst burst:
                OnBurst(burst);
                break;
            case IcmpArrived icmp:
                OnIcmp(icmp.Message);
                break;
            case TimerFired:
                OnTimer();
                break;
            case ApplicationWrote:
                OnApplicationWrote();
                break;
            case ApplicationRead:
                OnApplicationRead();
                break;
            case OptionsChanged:
                TakeOptions();
                break;
            case Query query:
                Answer(query);
                break;
            case Offload offload:
                BeginOffload(offload, Requester);
                break;
            case Upload upload:
                Decline(upload, "runs in software already");
                break;
            case Retire:
                break;
            case Reset reset:
                Abort(reset.Reason);
                break;
            case OpenCancelled:
                break; // the connection was there before
            case PolicyTick:
                ConsultPolicy(_stack.Now);
                break;
            case EngineEvent stale:
                IgnoreStale(stale);
                break;
            default:
                Unhandled(message);
                break;
        }
    };

    private void OnBurst(SegmentBurst burst)
    {
        var now = _stack.Now;
        for (var i = 0; i < burst.Count; i++) _tcp!.OnSegment(burst.Segment(i), now);
        _tcp!.OnBurstEnd(now);
        burst.Recycle();
        Settle(now);
    }

    private void OnIcmp(in IcmpMessage message)
    {
        var now = _stack.Now;
        _tcp!.OnIcmp(message, now);
        Settle(now);
    }

    private void OnTimer()
    {
        var now = _stack.Now;
        _tcp!.OnTimer(now);
        Settle(now);
    }

    private void OnApplicationWrote()
    {
        _observer!.TakeWrote();
        var now = _stack.Now;
        if (_buffers!.AbortError is { } error)
        {
            _tcp!.Abort(error, now);
        }
        else
        {
            _buffers.Send.Refresh();
            _tcp!.OnApplicationWrote(now);
        }

        Settle(now);
    }

    private void OnApplicationRead()
    {
        _observer!.TakeRead();
        var now = _stack.Now;
        _tcp!.OnApplicationRead(now);
        Settle(now);
    }

    private void TakeOptions()
    {
        if (_application!.Options == _tcp!.Options) return;
        var now = _stack.Now;
        _tcp.SetOptions(_application.Options, now);
        Settle(now);
    }

    private void Abort(string reason)
    {
        var now = _stack.Now;
        _tcp!.Abort(new IOException(reason), now);
        Settle(now);
    }

    /// <summary>After every input: sends what is due, takes note of what happened, arms the timer.</summary>
    private void Settle(TimeSpan now)
    {
        while (_tcp!.TryTransmit(now, out var segment))
        {
            _stack.Link.SendBuffered(segment);
            _stack.Counters.SegmentsSent++;
            if (segment.Has(TcpFlags.Rst)) _stack.Counters.ResetsSent++;
        }

        Count();
        SharePath(now);
        var events = _tcp.TakeEvents();
        if ((events & TcpEvents.Established) != 0) OnEstablished();
        if (WasOpened && _tcp.State is not (TcpState.SynReceived or TcpState.Closed)) _entry.EndHandshake(); // a Fast Open goes on with it while it is served
        if (_tcp.State is TcpState.TimeWait) _stack.TimeWaits.Add(_tcp.Export(ExportScope.Bare, now), now);
        if ((events & TcpEvents.Closed) != 0 || _tcp.State is TcpState.TimeWait) End(_tcp.Error);
        else if (_phase == nameof(Software) && _tcp.State is TcpState.Closing or TcpState.LastAck) EnterSoftware();
        if (_hasEnded) return;
        ArmTimer(now);
        ConsultPolicyAtTimes(now);
    }

    /// <summary>A connection that is about to begin takes over what others learned of its path.</summary>
    private void PreparePath(TimeSpan now)
    {
        _stack.Paths.Prepare(_tcp!, _entry.Flow.Remote.Address, now);
        _path = _tcp!.Path;
    }

    /// <summary>A path that an engine found smaller is shared; that it says nothing of a smaller one is no finding.</summary>
    private void TakeUpPath(TimeSpan now)
    {
        if (_tcp!.Path?.Mtu < _path?.Mtu) SharePath(now);
        else if (_tcp.Path is { } path) _path = path;
    }

    /// <summary>
    /// What it learned of the path since, from a router, by timeouts or by probing, the next connection begins with.
    /// </summary>
    private void SharePath(TimeSpan now)
    {
        if (_tcp!.Path is not { } path || path == _path) return;
        _path = path;
        _stack.Paths.LearnPath(_entry.Flow.Remote.Address, path, now);
    }

    private void Count()
    {
        var info = _tcp!.Info;
        _stack.Counters.BytesReceived += info.BytesReceived - _countedReceived;
        _stack.Counters.BytesSent += info.BytesSent - _countedSent;
        _stack.Counters.Retransmissions += info.Retransmissions - _countedRetransmissions;
        _countedReceived = info.BytesReceived;
        _countedSent = info.BytesSent;
        _countedRetransmissions = info.Retransmissions;
    }

    /// <summary>Lazily: a timer that fires too early looks at the clock and is armed anew, which happens less often than deadlines move.</summary>
    private void ArmTimer(TimeSpan now)
    {
        var deadline = _migration?.Deadline;
        if (_migration?.FrozenAt is null && _tcp?.NextDeadline is { } next && !(deadline < next)) deadline = next;
        if (deadline is not { } due) return;
        if (_timer.IsScheduled && _armedFor <= due) return;
        _armedFor = due;
        _stack.Wheel.Schedule(_timer, due > now ? due : now);
    }
}
