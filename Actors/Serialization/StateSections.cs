using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;

namespace ActorStack.Actors.Serialization;

/// <summary>
/// The sections of the record, by the keys that journals and messages contain. Each line is frozen for ever. A later build that
/// adds fields to a component adds a line with the same key, the next generation, and a type that holds only the added fields.
/// </summary>
internal static class StateSections
{
    public static IReadOnlyList<StateSection> All { get; } =
    [
        Required<IdentitySection>("identity", state => state.Identity,
            (state, section) => state with { Identity = section }, typeof(TcpState)),
        Required<NegotiatedSection>("negotiated", state => state.Negotiated,
            (state, section) => state with { Negotiated = section }),
        Required<SendSpaceSection>("send", state => state.Send, (state, section) => state with { Send = section }),
        Required<ReceiveSpaceSection>("receive", state => state.Receive, (state, section) => state with { Receive = section }),
        Required<QueuesSection>("queues", state => state.Queues, (state, section) => state with { Queues = section }),
        Optional<PendingOutputSection>("pending", state => state.Pending, (state, section) => state with { Pending = section }),
        Required<TimersSection>("timers", state => state.Timers, (state, section) => state with { Timers = section }),
        Optional<AcknowledgingSection>("acknowledging", state => state.Acknowledging,
            (state, section) => state with { Acknowledging = section }),
        Optional<RetransmissionSection>("retransmission", state => state.Retransmission,
            (state, section) => state with { Retransmission = section }),
        Optional<RoundTripSection>("rtt", state => state.RoundTrip, (state, section) => state with { RoundTrip = section }),
        Required<TimestampsSection>("timestamps", state => state.Timestamps,
            (state, section) => state with { Timestamps = section }),
        Optional<LivenessSection>("liveness", state => state.Liveness, (state, section) => state with { Liveness = section }),
        Optional<EcnSection>("ecn", state => state.Ecn, (state, section) => state with { Ecn = section }),
        Optional<FastOpenSection>("fast-open", state => state.FastOpen, (state, section) => state with { FastOpen = section }),
        Required<CongestionSection>("congestion", state => state.Congestion,
            (state, section) => state with { Congestion = section }),
        Optional<PacingSection>("pacing", state => state.Pacing, (state, section) => state with { Pacing = section }),
        Optional<RecoverySection>("recovery", state => state.Recovery, (state, section) => state with { Recovery = section }),
        Optional<ScoreboardSection>("scoreboard", state => state.Scoreboard,
            (state, section) => state with { Scoreboard = section }),
        Optional<DeliveryRateSection>("rate", state => state.DeliveryRate,
            (state, section) => state with { DeliveryRate = section }),
        Optional<RackSection>("rack", state => state.Rack, (state, section) => state with { Rack = section }),
        Optional<TailLossProbeSection>("tlp", state => state.TailLossProbe,
            (state, section) => state with { TailLossProbe = section }),
        Optional<RateReductionSection>("prr", state => state.RateReduction,
            (state, section) => state with { RateReduction = section }),
        Optional<UndoSection>("undo", state => state.Undo, (state, section) => state with { Undo = section }),
        Optional<PathSection>("path", state => state.Path, (state, section) => state with { Path = section }),
        Required<SocketOptionsSection>("options", state => state.Options, (state, section) => state with { Options = section }),
        Required<BuffersSection>("buffers", state => state.Buffers, (state, section) => state with { Buffers = section }),
        Optional<ReceiveTuningSection>("tuning", state => state.ReceiveTuning,
            (state, section) => state with { ReceiveTuning = section }),
        Optional<StatisticsSection>("statistics", state => state.Statistics,
            (state, section) => state with { Statistics = section }),
    ];

    /// <summary>A section without which a connection cannot continue.</summary>
    private static StateSection Required<T>(
        string key, Func<TcpConnectionState, T> get, Func<TcpConnectionState, T, TcpConnectionState> set,
        params Type[] enumerations)
        where T : class => StateSection.Of(key, generation: 1, isRequired: true, get, set, enumerations);

    /// <summary>A section that may be missing: the connection then starts with the component's defaults.</summary>
    private static StateSection Optional<T>(
        string key, Func<TcpConnectionState, T> get, Func<TcpConnectionState, T, TcpConnectionState> set)
        where T : class => StateSection.Of(key, generation: 1, isRequired: false, get, set);
}
