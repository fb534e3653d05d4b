using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;

namespace ActorStack.Transport.Engines.Kernel;

/// <summary>Fields of the record that the kernel does not take or give exactly, each with its reason.</summary>
internal static class KernelFidelity
{
    public static FidelityLedger OfImport { get; } = FidelityLedger.Exact
        .With(nameof(TcpConnectionState.Congestion), nameof(CongestionSection.PrivateState), Fidelity.Lost,
            "the kernel runs its own algorithm")
        .With(nameof(TcpConnectionState.Negotiated), nameof(NegotiatedSection.Ecn), Fidelity.Lost,
            "no call sets it; marks go unanswered until it comes back")
        .With(nameof(TcpConnectionState.Pacing), nameof(PacingSection.NextTicks), Fidelity.Lost, "the kernel paces by itself")
        .With(nameof(TcpConnectionState.Scoreboard), nameof(ScoreboardSection.RunSequences), Fidelity.Lost,
            "no call sets what is SACKed, lost or resent; all that is sent counts as in flight")
        .With(nameof(TcpConnectionState.Recovery), nameof(RecoverySection.State), Fidelity.Lost,
            "no call sets it; a recovery under way begins anew")
        .With(nameof(TcpConnectionState.RateReduction), nameof(RateReductionSection.Allowance), Fidelity.Lost, "no call sets it")
        .With(nameof(TcpConnectionState.Undo), nameof(UndoSection.Marker), Fidelity.Lost,
            "no call sets it; a reduction made before stays")
        .With(nameof(TcpConnectionState.Undo), nameof(UndoSection.ForwardRtoPhase), Fidelity.Lost, "no call sets it")
        .With(nameof(TcpConnectionState.Rack), nameof(RackSection.Multiplier), Fidelity.Lost,
            "the kernel learns the path's reordering anew")
        .With(nameof(TcpConnectionState.TailLossProbe), nameof(TailLossProbeSection.End), Fidelity.Lost,
            "no call sets it; the kernel sends a probe of its own")
        .With(nameof(TcpConnectionState.DeliveryRate), nameof(DeliveryRateSection.Delivered), Fidelity.Lost,
            "the kernel counts from its own start")
        .With(nameof(TcpConnectionState.Send), nameof(SendSpaceSection.SmallOutstanding), Fidelity.Approximate,
            "the kernel looks at the end of what was sent")
        .With(nameof(TcpConnectionState.Timers), nameof(TimersSection.RetransmitTicksLeft), Fidelity.Approximate,
            "the kernel's timer starts anew")
        .With(nameof(TcpConnectionState.Timers), nameof(TimersSection.CorkTicksLeft), Fidelity.Approximate,
            "the kernel's timer starts anew")
        .With(nameof(TcpConnectionState.Options), nameof(SocketOptionsSection.QuickAckMode), Fidelity.Approximate,
            "the kernel follows it at first, then the course of the connection")
        .With(nameof(TcpConnectionState.Options), nameof(SocketOptionsSection.KeepaliveIdleTicks), Fidelity.Approximate,
            "in whole seconds, as the interval; while it is there")
        .With(nameof(TcpConnectionState.Timestamps), nameof(TimestampsSection.ClockTicks), Fidelity.Approximate,
            "up to 2 ms ahead, never back: bit 0 is the kernel's")
        .With(nameof(TcpConnectionState.Path), nameof(PathSection.Mtu), Fidelity.Approximate,
            "a bound of segments; no larger one is tried")
        .With(nameof(TcpConnectionState.Path), nameof(PathSection.RaiseTicksLeft), Fidelity.Approximate,
            "runs on; the kernel tries nothing")
        .With(nameof(TcpConnectionState.Path), nameof(PathSection.ProbeMtu), Fidelity.Lost,
            "no call sets it; a new probe is due when it comes back")
        .With(nameof(TcpConnectionState.Send), nameof(SendSpaceSection.SndWl2), Fidelity.Lost, "the kernel does not keep it");

    public static FidelityLedger OfExport { get; } = FidelityLedger.Exact
        .With(nameof(TcpConnectionState.Congestion), nameof(CongestionSection.Cwnd), Fidelity.Approximate,
            "the kernel counts it in segments")
        .With(nameof(TcpConnectionState.Congestion), nameof(CongestionSection.PrivateState), Fidelity.Lost, "no call reads it")
        .With(nameof(TcpConnectionState.Scoreboard), nameof(ScoreboardSection.RunSequences), Fidelity.Lost,
            "no call reads it; all that is sent counts as in flight")
        .With(nameof(TcpConnectionState.Recovery), nameof(RecoverySection.State), Fidelity.Lost,
            "a recovery under way begins anew")
        .With(nameof(TcpConnectionState.RoundTrip), nameof(RoundTripSection.RecentMinRttTicks), Fidelity.Lost,
            "no call reads it; the least round trip counts as new")
        .With(nameof(TcpConnectionState.Timestamps), nameof(TimestampsSection.TsRecent), Fidelity.Lost,
            "no call reads it; the peer's next segment brings it")
        .With(nameof(TcpConnectionState.Send), nameof(SendSpaceSection.SmallOutstanding), Fidelity.Lost,
            "no call reads it; the next small segment leaves at once")
        .With(nameof(TcpConnectionState.Timers), nameof(TimersSection.RetransmitTicksLeft), Fidelity.Approximate,
            "no call reads it; counted from the last acknowledgment")
        .With(nameof(TcpConnectionState.Timestamps), nameof(TimestampsSection.ClockTicks), Fidelity.Approximate,
            "up to 1 ms ahead, never back: bit 0 is the kernel's")
        .With(nameof(TcpConnectionState.Path), nameof(PathSection.RaiseTicksLeft), Fidelity.Approximate,
            "anew where the path MTU got smaller")
        .With(nameof(TcpConnectionState.ReceiveTuning), nameof(ReceiveTuningSection.RoundTicks), Fidelity.Lost,
            "the kernel measures for itself; the next round begins anew")
        .With(nameof(ConnectionImage.Payload), nameof(ConnectionPayload.OutOfOrder), Fidelity.Lost,
            "no call reads data beyond a gap; the peer resends it")
        .With(nameof(TcpConnectionState.Send), nameof(SendSpaceSection.SndWl2), Fidelity.Lost, "the kernel does not keep it");
}
