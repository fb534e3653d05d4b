using ActorStack.Actors.Persistence;
using ActorStack.Transport.Host;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Buffers;
using ActorStack.Transport.Wire;
using Akka.Actor;
using static ActorStack.Actors.Connections.ConnectionProtocol;

namespace ActorStack.Actors.Connections;

/// <summary>From the first SYN, the peer's or ours, to the handshake's last acknowledgment. Nothing of it is journaled, so that a flood of SYNs costs no writes.</summary>
internal sealed partial class ConnectionActor
{
    private UntypedReceive Handshaking() => message =>
    {
        switch (message)
        {
            case SegmentBurst burst when _entry.Accepts.IsFull:
                OverflowAccepts(burst);
                break;
            case SegmentBurst burst:
                OnBurst(burst);
                break;
            case IcmpArrived icmp:
                OnIcmp(icmp.Message);
                break;
            case TimerFired:
                OnTimer();
                break;
            case Query query:
                Answer(query);
                break;
            case Move move:
                Decline(move, "is in the handshake; try again when it is established");
                break;
            case Retire:
                Abort("the service stops");
                break;
            case Reset reset:
                Abort(reset.Reason);
                break;
            case OpenCancelled:
                Abort("the open was given up");
                break;
            case PolicyTick:
                break;
            default:
                Unhandled(message);
                break;
        }
    };

    private void Accept()
    {
        var now = _stack.Now;
        var pending = _entry.Take();
        var (flow, first) = (_entry.Flow, pending.First!);
        _buffers = new ConnectionBuffers(_entry.Buffers);
        var iss = first.Cookie?.Iss ?? first.Iss ?? _stack.Host.Sequences.Next(flow, now);
        _tcp = TcpConnection.Accept(
            flow, first.Segment, _entry.Tcp, _buffers.Send, _buffers.Receive, iss, _stack.Host.Sequences.TimestampOffset(flow), now, first.FastOpen);
        PreparePath(now);
        TraceFromTheStart();
        Enter(nameof(Handshaking), Handshaking());
        if (first.Cookie is { } cookie) _tcp.OnCookieAcknowledged(cookie.Acknowledge(first.Segment), now); // the SYN,ACK left before this actor was made
        _tcp.OnBurstEnd(now);
        Settle(now);
        FeedEarly(pending, now);
    }

    /// <summary>Segments that followed the acknowledgment of a cookie before this actor was made.</summary>
    private void FeedEarly(PendingOwner pending, TimeSpan now)
    {
        if (!_hasEnded && pending.Held.Count > 0)
        {
            foreach (var frame in pending.Held) Feed(frame, now);
            _tcp!.OnBurstEnd(now);
            Settle(now);
        }

        pending.Release();
    }

    private void OnEstablished()
    {
        _since = _stack.Now;
        _stack.Counters.Opened++;
        _stack.Host.Paths.LearnRoundTrip(_entry.Flow.Remote.Address, _tcp!.Info.RoundTripTime, _since);
        var at = _stack.Time.GetUtcNow();
        PersistAsync(
            new ConnectionEvents.Opened(
                _entry.Id.Value, _entry.Flow.Local.ToString(), _entry.Flow.Remote.ToString(), _entry.Service.Name, at),
            static _ => { });
        Enter(nameof(Software), Software());
        StartApplication();
    }

    /// <summary>Nobody could take the connection: what would complete or go on with the handshake is dropped, for the peer to send again.</summary>
    private void OverflowAccepts(SegmentBurst burst)
    {
        var now = _stack.Now;
        for (var i = 0; i < burst.Count; i++)
        {
            ref readonly var segment = ref burst.Segment(i);
            if ((segment.Flags & (TcpFlags.Rst | TcpFlags.Syn)) != 0) _tcp!.OnSegment(segment, now);
            else _stack.Counters.OverflowListener();
        }

        burst.Recycle();
        Settle(now);
    }

    private void StartApplication()
    {
        _observer = new ApplicationObserver(Self);
        _buffers!.Observer = _observer;
        _application = new ConnectionContext(_entry.Id, _entry.Flow, _buffers.Application, _tcp!.Options, Self);
        if (_open is not null) TellOpened();
        else _entry.Accepts.Add(_application);
    }
}
