using ActorStack.Transport.State;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// One TCP connection of the software stack, sans-IO: no thread, clock, timer or socket. After every input (OnSegment, OnTimer,
/// OnApplicationWrote, OnApplicationRead, Abort) the host calls TryTransmit until it has no more, then reads TakeEvents and arms
/// one timer for NextDeadline. <c>now</c> is the time since any fixed origin of the host's, and never runs back.
/// </summary>
/// <remarks>
/// Read TcpConnection.Arrival.cs first: it is RFC 9293 section 3.10.7, step by step. State changes are all in
/// TcpConnection.States.cs. Fields have the RFC's names: SND.UNA is <c>_sndUna</c>.
/// </remarks>
public sealed partial class TcpConnection
{
    private readonly TcpSettings _settings;
    private readonly ISendQueue _send;
    private readonly IReceiveQueue _receive;
    private readonly FlowKey _flow;
    private readonly bool _isPassive;

    private TcpConnection(in FlowKey flow, TcpSettings settings, ISendQueue send, IReceiveQueue receive, bool isPassive)
    {
        _flow = flow;
        _settings = settings;
        _reassembly = new ReassemblyQueue(settings.Memory);
        _options = settings.Options;
        _send = send;
        _receive = receive;
        _isPassive = isPassive;
        _rtt = new RttEstimator(settings.MinimumRto, settings.MaximumRto);
        _path = new PathMtuSearch(settings.Mtu, flow.Remote.Address.IsIPv6);
        _receiveMss = (ushort)Math.Min(settings.Mtu - HeaderLength, _options.MaximumSegmentSize);
        _sendMss = Math.Min(flow.Remote.Address.IsIPv6 ? (ushort)1220 : (ushort)536, _receiveMss); // RFC 9293 section 3.7.1
        _congestion = CongestionControls.Create(_options.CongestionAlgorithm, _receiveMss, seed: 0, TimeSpan.Zero);
        _tuning = new ReceiveWindowTuning(default, InitialSegments * _receiveMss, TimeSpan.Zero);
    }

    public FlowKey Flow => _flow;

    /// <summary>When OnTimer is due; null: no timer runs.</summary>
    public TimeSpan? NextDeadline => _timers.Next;

    /// <summary>Why the connection is CLOSED, where it was not by both FINs.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Query: figures for people and policy.</summary>
    public TcpConnectionInfo Info => new(
        State, _bytesReceived, _bytesSent, _rtt.Smoothed, _congestion.Window, _congestion.SlowStartThreshold, _retransmissions);

    /// <summary>IP and TCP header without options.</summary>
    private int HeaderLength => (_flow.Remote.Address.IsIPv6 ? 40 : 20) + 20;

    /// <summary>Input: NextDeadline has come. Early calls do nothing.</summary>
    public void OnTimer(TimeSpan now)
    {
        if (Expires(TcpTimer.Reordering, now)) OnReorderingTimeout(now);
        if (Expires(TcpTimer.TailLossProbe, now)) OnProbeTimeout(now);
        if (Expires(TcpTimer.Retransmit, now)) OnRetransmitTimeout(now);
        if (Expires(TcpTimer.DelayedAck, now)) _ackPending = true;
        _timers.Expire(TcpTimer.Pacing, now); // TryTransmit goes on
        if (Expires(TcpTimer.Persist, now)) OnPersistTimeout(now);
        if (Expires(TcpTimer.Keepalive, now)) OnKeepaliveTimeout(now);
        if (Expires(TcpTimer.TimeWait, now)) EnterClosed(null);
        if (Expires(TcpTimer.Cork, now)) _corkExpired = true;
        if (Expires(TcpTimer.Linger, now)) AbortLingering(now);
        if (Expires(TcpTimer.DeferAccept, now)) _events |= TcpEvents.Established;
        Trace?.OnUpdated(TraceMetrics, now);
    }

    /// <summary>Input: the application read or reads no more; a window update may be due.</summary>
    public void OnApplicationRead(TimeSpan now)
    {
        BoundFinWait2(now);
        NoteLeft(now);
        if (!IsReceiving) return;
        TuneReceiveWindow(now);
        if (WindowGrowth >= Math.Min((int)_receive.Limit / 2, 2 * _receiveMss)) _ackPending = true;
    }

    /// <summary>Application call: reset the connection.</summary>
    public void Abort(Exception error, TimeSpan now)
    {
        if (State is TcpState.Closed) return;
        if (State is not (TcpState.SynSent or TcpState.Closing or TcpState.LastAck or TcpState.TimeWait)) OweReset(_sndMax);
        EnterClosed(error);
    }

    /// <summary>After Import: lets the connection send what it may and tell its window.</summary>
    public void Resume(TimeSpan now)
    {
        BoundFinWait2(now);
        NoteLeft(now);
        if (IsReceiving) _ackPending = true;
    }

    /// <summary>Query: what happened since the last call.</summary>
    public TcpEvents TakeEvents()
    {
        var events = _events;
        _events = TcpEvents.None;
        return events;
    }
}
