using ActorStack.Transport.Buffers;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Handshake;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Tcp.Paths;
using ActorStack.Transport.Tcp.Receiving;
using ActorStack.Transport.Tcp.Recovery;
using ActorStack.Transport.Tcp.Sending;
using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Tcp.Timers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// One TCP connection of the software stack, sans-IO: no thread, clock, timer or socket. After every input (OnSegment, OnTimer,
/// OnApplicationWrote, OnApplicationRead, Abort) the host calls TryTransmit until it has no more, then reads TakeEvents and arms
/// one timer for NextDeadline. <c>now</c> is the time since any fixed origin of the host's, and never runs back.
/// </summary>
/// <remarks>
/// The connection is made of components that know nothing of it: each holds one part of the state, decides what follows from that
/// part alone, and exports it to its section of the record. The connection joins them. Read TcpConnection.Arrival.cs first: it is
/// RFC 9293 section 3.10.7, step by step. All changes of state are in TcpConnection.States.cs.
/// </remarks>
public sealed partial class TcpConnection
{
    private readonly FlowKey _flow;
    private readonly bool _isPassive;
    private readonly TcpSettings _settings;
    private readonly ISendQueue _send;
    private readonly IReceiveQueue _receive;
    private SocketOptions _options;
    private TcpEvents _events;
    private bool _isCountedOrphan;

    // Both directions
    private Negotiated _negotiated;
    private FastOpen _fastOpen;
    private Timestamps _timestamps;
    private TimerTable _timers = new();
    private PendingOutput _pending;
    private Liveness _liveness;
    private EcnState _ecn;
    private ConnectionTally _tally = new();

    // Sending
    private SendSpace _snd;
    private Retransmission _retransmission;
    private RttEstimator _rtt;
    private ICongestionControl _congestion;
    private WindowUse _windowUse;
    private Pacer _pacer;
    private PathMtuDiscovery _path;

    // Loss recovery
    private readonly Scoreboard _scoreboard = new();
    private LossRecovery _recovery;
    private DeliveryRate _rate;
    private Rack _rack = new();
    private TailLossProbe _probe;
    private ProportionalRateReduction _reduction;
    private RecoveryUndo _undo;
    private ForwardRto _forwardRto;

    // Receiving
    private readonly ReassemblyQueue _reassembly;
    private ReceiveSpace _rcv;
    private Acknowledging _acknowledging = new();
    private ReceiveWindowTuning _tuning;

    private TcpConnection(in FlowKey flow, TcpSettings settings, ISendQueue send, IReceiveQueue receive, bool isPassive)
    {
        _flow = flow;
        _settings = settings;
        _send = send;
        _receive = receive;
        _isPassive = isPassive;
        _options = settings.Options;
        _reassembly = new ReassemblyQueue(settings.Memory);
        _rtt = new RttEstimator(settings.MinimumRto, settings.MaximumRto);
        _path = new PathMtuDiscovery(settings.Mtu, flow.Remote.Address.IsIPv6);
        var receiveMss = (ushort)Math.Min(settings.Mtu - HeaderLength, _options.MaximumSegmentSize);
        _negotiated = new Negotiated(receiveMss, flow.Remote.Address.IsIPv6);
        _congestion = CongestionControls.Create(_options.CongestionAlgorithm, receiveMss, seed: 0, TimeSpan.Zero);
        _tuning = new ReceiveWindowTuning(default, InitialSegments * receiveMss, TimeSpan.Zero);
    }

    /// <summary>The addresses and ports of the two ends.</summary>
    public FlowKey Flow => _flow;

    /// <summary>The time at which OnTimer is due; null: no timer runs.</summary>
    public TimeSpan? NextDeadline => _timers.Next;

    /// <summary>The error with which the connection became CLOSED; null where both FINs ended it.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Query: figures for people and policy.</summary>
    public TcpConnectionInfo Info => new(
        State, _tally.BytesReceived, _tally.BytesSent, _rtt.Smoothed, _congestion.Window, _congestion.SlowStartThreshold,
        _tally.Retransmissions);

    /// <summary>IP and TCP header without options, bytes.</summary>
    private int HeaderLength => (_flow.Remote.Address.IsIPv6 ? 40 : 20) + 20;

    /// <summary>Input: NextDeadline has come. Early calls do nothing.</summary>
    public void OnTimer(TimeSpan now) => OnTimer(now, now);

    /// <summary>
    /// As <see cref="OnTimer(TimeSpan)"/>, for a caller that was held up since it last read the link: what was due then expires.
    /// What became due meanwhile waits, because its acknowledgment may wait in the link.
    /// </summary>
    /// <param name="now">The connection's time.</param>
    /// <param name="due">The time at which the link was last read, not after <paramref name="now"/>.</param>
    public void OnTimer(TimeSpan now, TimeSpan due)
    {
        if (Expires(TcpTimer.Reordering, due, now)) OnReorderingTimeout(now);
        if (Expires(TcpTimer.TailLossProbe, due, now)) OnProbeTimeout(now);
        if (Expires(TcpTimer.Retransmit, due, now)) OnRetransmitTimeout(now);
        if (Expires(TcpTimer.DelayedAck, due, now)) _pending.Ack = true;
        _timers.Expire(TcpTimer.Pacing, due); // TryTransmit continues
        if (Expires(TcpTimer.Persist, due, now)) OnPersistTimeout(now);
        if (Expires(TcpTimer.Keepalive, due, now)) OnKeepaliveTimeout(now);
        if (Expires(TcpTimer.TimeWait, due, now)) EnterClosed(null);
        if (Expires(TcpTimer.Cork, due, now)) _pending.CorkExpired = true;
        if (Expires(TcpTimer.Linger, due, now)) AbortLingering(now);
        if (Expires(TcpTimer.DeferAccept, due, now)) _events |= TcpEvents.Established;
        Trace?.OnUpdated(TraceMetrics, now);
    }

    /// <summary>Input: the application read payload, or will read no more. A window update may be due.</summary>
    public void OnApplicationRead(TimeSpan now)
    {
        BoundFinWait2(now);
        CheckOrphaned(now);
        if (!IsReceiving) return;
        TuneReceiveWindow(now);
        if (_rcv.Growth(FreeRoom) >= Math.Min((int)_receive.Limit / 2, 2 * _negotiated.ReceiveMss)) _pending.Ack = true;
    }

    /// <summary>Application call: reset the connection.</summary>
    public void Abort(Exception error, TimeSpan now)
    {
        if (State is TcpState.Closed) return;
        if (State is not (TcpState.SynSent or TcpState.Closing or TcpState.LastAck or TcpState.TimeWait))
            _pending.OweReset(_snd.Max);
        EnterClosed(error);
    }

    /// <summary>
    /// After Import: lets the connection send and announce its window. A tail loss probe waits anew, because acknowledgments that
    /// came while the connection stood still are processed only after this; the retransmission timer goes on.
    /// </summary>
    public void Resume(TimeSpan now)
    {
        if (_timers.IsRunning(TcpTimer.TailLossProbe)) ScheduleProbe(now);
        BoundFinWait2(now);
        CheckOrphaned(now);
        if (IsReceiving) _pending.Ack = true;
    }

    /// <summary>Query: the events since the last call.</summary>
    public TcpEvents TakeEvents()
    {
        var events = _events;
        _events = TcpEvents.None;
        return events;
    }
}
