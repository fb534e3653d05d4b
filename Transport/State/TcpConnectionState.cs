using ActorStack.Transport.State.Sections;

namespace ActorStack.Transport.State;

/// <summary>
/// The one canonical record of a TCP connection: what travels in every migration, whatever the stacks at either end. It has one
/// section for each component of a connection; a section is flat and primitive, so that any serializer carries it, and never
/// changes: what a later build adds to a component is a section of its own. Times are ticks of 100 ns; a deadline travels as the
/// time left, because clocks do not travel. Payload travels beside the record (<see cref="ConnectionPayload"/>).
/// </summary>
public sealed record TcpConnectionState
{
    /// <summary>The number of ticks that stands for a timer that does not run.</summary>
    public const long NotRunning = -1;

    /// <inheritdoc cref="IdentitySection"/>
    public IdentitySection Identity { get; init; } = Default<IdentitySection>.Section;

    /// <inheritdoc cref="NegotiatedSection"/>
    public NegotiatedSection Negotiated { get; init; } = Default<NegotiatedSection>.Section;

    /// <inheritdoc cref="SendSpaceSection"/>
    public SendSpaceSection Send { get; init; } = Default<SendSpaceSection>.Section;

    /// <inheritdoc cref="ReceiveSpaceSection"/>
    public ReceiveSpaceSection Receive { get; init; } = Default<ReceiveSpaceSection>.Section;

    /// <inheritdoc cref="QueuesSection"/>
    public QueuesSection Queues { get; init; } = Default<QueuesSection>.Section;

    /// <inheritdoc cref="PendingOutputSection"/>
    public PendingOutputSection Pending { get; init; } = Default<PendingOutputSection>.Section;

    /// <inheritdoc cref="TimersSection"/>
    public TimersSection Timers { get; init; } = Default<TimersSection>.Section;

    /// <inheritdoc cref="AcknowledgingSection"/>
    public AcknowledgingSection Acknowledging { get; init; } = Default<AcknowledgingSection>.Section;

    /// <inheritdoc cref="RetransmissionSection"/>
    public RetransmissionSection Retransmission { get; init; } = Default<RetransmissionSection>.Section;

    /// <inheritdoc cref="RoundTripSection"/>
    public RoundTripSection RoundTrip { get; init; } = Default<RoundTripSection>.Section;

    /// <inheritdoc cref="TimestampsSection"/>
    public TimestampsSection Timestamps { get; init; } = Default<TimestampsSection>.Section;

    /// <inheritdoc cref="LivenessSection"/>
    public LivenessSection Liveness { get; init; } = Default<LivenessSection>.Section;

    /// <inheritdoc cref="EcnSection"/>
    public EcnSection Ecn { get; init; } = Default<EcnSection>.Section;

    /// <inheritdoc cref="FastOpenSection"/>
    public FastOpenSection FastOpen { get; init; } = Default<FastOpenSection>.Section;

    /// <inheritdoc cref="CongestionSection"/>
    public CongestionSection Congestion { get; init; } = Default<CongestionSection>.Section;

    /// <inheritdoc cref="PacingSection"/>
    public PacingSection Pacing { get; init; } = Default<PacingSection>.Section;

    /// <inheritdoc cref="RecoverySection"/>
    public RecoverySection Recovery { get; init; } = Default<RecoverySection>.Section;

    /// <inheritdoc cref="ScoreboardSection"/>
    public ScoreboardSection Scoreboard { get; init; } = Default<ScoreboardSection>.Section;

    /// <inheritdoc cref="DeliveryRateSection"/>
    public DeliveryRateSection DeliveryRate { get; init; } = Default<DeliveryRateSection>.Section;

    /// <inheritdoc cref="RackSection"/>
    public RackSection Rack { get; init; } = Default<RackSection>.Section;

    /// <inheritdoc cref="TailLossProbeSection"/>
    public TailLossProbeSection TailLossProbe { get; init; } = Default<TailLossProbeSection>.Section;

    /// <inheritdoc cref="RateReductionSection"/>
    public RateReductionSection RateReduction { get; init; } = Default<RateReductionSection>.Section;

    /// <inheritdoc cref="UndoSection"/>
    public UndoSection Undo { get; init; } = Default<UndoSection>.Section;

    /// <inheritdoc cref="PathSection"/>
    public PathSection Path { get; init; } = Default<PathSection>.Section;

    /// <inheritdoc cref="SocketOptionsSection"/>
    public SocketOptionsSection Options { get; init; } = Default<SocketOptionsSection>.Section;

    /// <inheritdoc cref="BuffersSection"/>
    public BuffersSection Buffers { get; init; } = Default<BuffersSection>.Section;

    /// <inheritdoc cref="ReceiveTuningSection"/>
    public ReceiveTuningSection ReceiveTuning { get; init; } = Default<ReceiveTuningSection>.Section;

    /// <inheritdoc cref="StatisticsSection"/>
    public StatisticsSection Statistics { get; init; } = Default<StatisticsSection>.Section;

    /// <summary>
    /// Sequence number of the first byte of the send range: the SYN is no payload, and is outstanding until the handshake ends.
    /// </summary>
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
        Recovery = Default<RecoverySection>.Section,
        Scoreboard = new ScoreboardSection { TotalLost = Scoreboard.TotalLost, Transmissions = Scoreboard.Transmissions },
        Rack = new RackSection
        {
            ReorderingSeen = Rack.ReorderingSeen,
            Multiplier = Rack.Multiplier,
            Persistence = Rack.Persistence,
        },
        TailLossProbe = Default<TailLossProbeSection>.Section,
        RateReduction = Default<RateReductionSection>.Section,
        Undo = Default<UndoSection>.Section,
        Timers = Timers with { ReorderingTicksLeft = NotRunning, TailLossProbeTicksLeft = NotRunning },
    };

    /// <summary>The section that says nothing, one for all records: a section never changes.</summary>
    private static class Default<T>
        where T : class, new()
    {
        public static readonly T Section = new();
    }
}
