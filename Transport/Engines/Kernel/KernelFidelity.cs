using ActorStack.Transport.State;

namespace ActorStack.Transport.Engines.Kernel;

/// <summary>Fields of the record that the kernel does not take or give exactly, each with its reason.</summary>
internal static class KernelFidelity
{
    public static FidelityLedger OfImport { get; } = FidelityLedger.Exact
        .With(nameof(TcpConnectionState.CongestionPrivate), Fidelity.Lost, "the kernel runs its own algorithm")
        .With(nameof(TcpConnectionState.Ecn), Fidelity.Lost, "no call sets it; marks go unanswered until it comes back")
        .With(nameof(TcpConnectionState.PacingNextTicks), Fidelity.Lost, "the kernel paces by itself")
        .With(nameof(TcpConnectionState.RunSequences), Fidelity.Lost, "no call sets what is SACKed, lost or resent; all that is sent counts as in flight")
        .With(nameof(TcpConnectionState.RecoveryState), Fidelity.Lost, "no call sets it; a recovery under way begins anew")
        .With(nameof(TcpConnectionState.PrrAllowance), Fidelity.Lost, "no call sets it")
        .With(nameof(TcpConnectionState.UndoMarker), Fidelity.Lost, "no call sets it; a reduction made before stays")
        .With(nameof(TcpConnectionState.ForwardRtoPhase), Fidelity.Lost, "no call sets it")
        .With(nameof(TcpConnectionState.RackMultiplier), Fidelity.Lost, "the kernel learns the path's reordering anew")
        .With(nameof(TcpConnectionState.ProbeEnd), Fidelity.Lost, "no call sets it; the kernel sends a probe of its own")
        .With(nameof(TcpConnectionState.Delivered), Fidelity.Lost, "the kernel counts from its own start")
        .With(nameof(TcpConnectionState.SmallOutstanding), Fidelity.Approximate, "the kernel looks at the end of what was sent")
        .With(nameof(TcpConnectionState.RetransmitTicksLeft), Fidelity.Approximate, "the kernel's timer starts anew")
        .With(nameof(TcpConnectionState.CorkTicksLeft), Fidelity.Approximate, "the kernel's timer starts anew")
        .With(nameof(TcpConnectionState.QuickAckMode), Fidelity.Approximate, "the kernel follows it at first, then the course of the connection")
        .With(nameof(TcpConnectionState.KeepaliveIdleTicks), Fidelity.Approximate, "in whole seconds, as the interval; while it is there")
        .With(nameof(TcpConnectionState.TimestampClockTicks), Fidelity.Approximate, "up to 2 ms ahead, never back: bit 0 is the kernel's")
        .With(nameof(TcpConnectionState.PathMtu), Fidelity.Approximate, "a bound of segments; no larger one is tried")
        .With(nameof(TcpConnectionState.PathMtuRaiseTicksLeft), Fidelity.Approximate, "runs on; the kernel tries nothing")
        .With(nameof(TcpConnectionState.PathProbeMtu), Fidelity.Lost, "no call sets it; a new probe is due when it comes back")
        .With(nameof(TcpConnectionState.SndWl2), Fidelity.Lost, "the kernel does not keep it");

    public static FidelityLedger OfExport { get; } = FidelityLedger.Exact
        .With(nameof(TcpConnectionState.Cwnd), Fidelity.Approximate, "the kernel counts it in segments")
        .With(nameof(TcpConnectionState.CongestionPrivate), Fidelity.Lost, "no call reads it")
        .With(nameof(TcpConnectionState.RunSequences), Fidelity.Lost, "no call reads it; all that is sent counts as in flight")
        .With(nameof(TcpConnectionState.RecoveryState), Fidelity.Lost, "a recovery under way begins anew")
        .With(nameof(TcpConnectionState.RecentMinRttTicks), Fidelity.Lost, "no call reads it; the least round trip counts as new")
        .With(nameof(TcpConnectionState.TsRecent), Fidelity.Lost, "no call reads it; the peer's next segment brings it")
        .With(nameof(TcpConnectionState.SmallOutstanding), Fidelity.Lost, "no call reads it; the next small segment leaves at once")
        .With(nameof(TcpConnectionState.RetransmitTicksLeft), Fidelity.Approximate, "no call reads it; counted from the last acknowledgment")
        .With(nameof(TcpConnectionState.TimestampClockTicks), Fidelity.Approximate, "up to 1 ms ahead, never back: bit 0 is the kernel's")
        .With(nameof(TcpConnectionState.PathMtuRaiseTicksLeft), Fidelity.Approximate, "anew where the path MTU got smaller")
        .With(nameof(TcpConnectionState.ReceiveRoundTicks), Fidelity.Lost, "the kernel measures for itself; the next round begins anew")
        .With(nameof(TcpConnectionState.OutOfOrderData), Fidelity.Lost, "no call reads data beyond a gap; the peer resends it")
        .With(nameof(TcpConnectionState.SndWl2), Fidelity.Lost, "the kernel does not keep it");
}
