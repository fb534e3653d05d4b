using ActorStack.Transport.State.Sections;

namespace ActorStack.Transport.State;

/// <summary>
/// The one canonical record of a TCP connection: what travels in every migration, whatever the stacks at either end. It has one section
/// for each component of a connection; a section is flat and primitive, so that any serializer carries it, and never changes: what a
/// later build adds to a component is a section of its own. Times are ticks of 100 ns; a deadline travels as the time left, because
/// clocks do not travel. Payload travels beside the record (<see cref="ConnectionPayload"/>).
/// </summary>
public sealed record TcpConnectionState
{
    /// <summary>The number of ticks that stands for a timer that does not run.</summary>
    public const long NotRunning = -1;

    /// <inheritdoc cref="IdentitySection"/>
    public IdentitySection Identity { get; init; } = new();

    /// <inheritdoc cref="NegotiatedSection"/>
    public NegotiatedSection Negotiated { get; init; } = new();

    /// <inheritdoc cref="SendSpaceSection"/>
    public SendSpaceSection Send { get; init; } = new();

    /// <inheritdoc cref="ReceiveSpaceSection"/>
    public ReceiveSpaceSection Receive { get; init; } = new();

    /// <inheritdoc cref="QueuesSection"/>
    public QueuesSection Queues { get; init; } = new();

    /// <inheritdoc cref="PendingOutputSection"/>
    public PendingOutputSection Pending { get; init; } = new();

    /// <inheritdoc cref="TimersSection"/>
    public TimersSection Timers { get; init; } = new();

    /// <inheritdoc cref="AcknowledgingSection"/>
    public AcknowledgingSection Acknowledging { get; init; } = new();

    /// <inheritdoc cref="RetransmissionSection"/>
    public RetransmissionSection Retransmission { get; init; } = new();

    /// <inheritdoc cref="RoundTripSection"/>
    public RoundTripSection RoundTrip { get; init; } = new();

    /// <inheritdoc cref="TimestampsSection"/>
    public TimestampsSection Timestamps { get; init; } = new();

    /// <inheritdoc cref="LivenessSection"/>
    public LivenessSection Liveness { get; init; } = new();

    /// <inheritdoc cref="EcnSection"/>
    public EcnSection Ecn { get; init; } = new();

    /// <inheritdoc cref="FastOpenSection"/>
    public FastOpenSection FastOpen { get; init; } = new();

    /// <inheritdoc cref="CongestionSection"/>
    public CongestionSection Congestion { get; init; } = new();

    /// <inheritdoc cref="PacingSection"/>
    public PacingSection Pacing { get; init; } = new();

    /// <inheritdoc cref="RecoverySection"/>
    public RecoverySection Recovery { get; init; } = new();

    /// <inheritdoc cref="ScoreboardSection"/>
    public ScoreboardSection Scoreboard { get; init; } = new();

    /// <inheritdoc cref="DeliveryRateSection"/>
    public DeliveryRateSection DeliveryRate { get; init; } = new();

    /// <inheritdoc cref="RackSection"/>
    public RackSection Rack { get; init; } = new();

    /// <inheritdoc cref="TailLossProbeSection"/>
    public TailLossProbeSection TailLossProbe { get; init; } = new();

    /// <inheritdoc cref="RateReductionSection"/>
    public RateReductionSection RateReduction { get; init; } = new();

    /// <inheritdoc cref="UndoSection"/>
    public UndoSection Undo { get; init; } = new();

    /// <inheritdoc cref="PathSection"/>
    public PathSection Path { get; init; } = new();

    /// <inheritdoc cref="SocketOptionsSection"/>
    public SocketOptionsSection Options { get; init; } = new();

    /// <inheritdoc cref="BuffersSection"/>
    public BuffersSection Buffers { get; init; } = new();

    /// <inheritdoc cref="ReceiveTuningSection"/>
    public ReceiveTuningSection ReceiveTuning { get; init; } = new();

    /// <inheritdoc cref="StatisticsSection"/>
    public StatisticsSection Statistics { get; init; } = new();

    /// <summary>Sequence number of the first byte of the send range: the SYN is no payload, and is outstanding until the handshake ends.</summary>
    public uint SendStart => Identity.State is TcpState.SynSent or TcpState.SynReceived ? Send.Iss + 1 : Send.SndUna;

    /// <summary>Bytes of the send range that were sent.</summary>
    public int UnacknowledgedLength
    {
        get
        {
            var fin = Send.FinSent && Send.SndMax != Send.SndUna ? 1u : 0;
            return Math.Clamp((int)(Send.SndMax - fin - SendStart), 0, Queues.SendLength);
        }
    }

    /// <summary>Bytes of the send range that were never sent.</summary>
    public int UnsentLength => Queues.SendLength - UnacknowledgedLength;

    /// <summary>Sequence number of the first undelivered byte.</summary>
    public uint UndeliveredStart => Receive.RcvNxt - (Receive.FinReceived ? 1u : 0) - (uint)Queues.UndeliveredLength;

    /// <summary>The record of the same connection under the owner that took it with <paramref name="epoch"/>.</summary>
    public TcpConnectionState OwnedBy(string connectionId, long epoch) =>
        this with { Identity = Identity with { ConnectionId = connectionId, Epoch = epoch } };

    /// <summary>A copy that knows nothing of loss recovery, as an engine leaves it that does not tell its own.</summary>
    public TcpConnectionState WithoutRecovery() => this with
    {
        Recovery = new RecoverySection(),
        Scoreboard = new ScoreboardSection { TotalLost = Scoreboard.TotalLost, Transmissions = Scoreboard.Transmissions },
        Rack = new RackSection { ReorderingSeen = Rack.ReorderingSeen, Multiplier = Rack.Multiplier, Persistence = Rack.Persistence },
        TailLossProbe = new TailLossProbeSection(),
        RateReduction = new RateReductionSection(),
        Undo = new UndoSection(),
        Timers = Timers with { ReorderingTicksLeft = NotRunning, TailLossProbeTicksLeft = NotRunning },
    };
}
