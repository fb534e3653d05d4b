using ActorStack.Transport.State;

namespace ActorStack.Transport.Emulation.Toe;

/// <summary>Lets time pass for a record that stood still while its clocks went on.</summary>
internal static class RecordAging
{
    public static TcpConnectionState Aged(this TcpConnectionState state, TimeSpan elapsed)
    {
        var ticks = elapsed.Ticks;
        return state with
        {
            Timers = state.Timers with
            {
                RetransmitTicksLeft = Left(state.Timers.RetransmitTicksLeft, ticks),
                DelayedAckTicksLeft = Left(state.Timers.DelayedAckTicksLeft, ticks),
                PersistTicksLeft = Left(state.Timers.PersistTicksLeft, ticks),
                KeepaliveTicksLeft = Left(state.Timers.KeepaliveTicksLeft, ticks),
                TimeWaitTicksLeft = Left(state.Timers.TimeWaitTicksLeft, ticks),
                CorkTicksLeft = Left(state.Timers.CorkTicksLeft, ticks),
                LingerTicksLeft = Left(state.Timers.LingerTicksLeft, ticks),
                DeferAcceptTicksLeft = Left(state.Timers.DeferAcceptTicksLeft, ticks),
            },
            Path = state.Path with { RaiseTicksLeft = Left(state.Path.RaiseTicksLeft, ticks) },
            Retransmission = state.Retransmission with
            {
                RetransmittingTicks = Since(state.Retransmission.RetransmittingTicks, ticks),
            },
            Liveness = state.Liveness with
            {
                PersistingTicks = Since(state.Liveness.PersistingTicks, ticks),
                IdleTicks = state.Liveness.IdleTicks + ticks,
                SendIdleTicks = state.Liveness.SendIdleTicks + ticks,
            },
            Timestamps = state.Timestamps with
            {
                TsRecentAgeTicks = state.Timestamps.TsRecentAgeTicks + ticks,
                TsFloorAgeTicks = state.Timestamps.TsFloorAgeTicks + ticks,
                ClockTicks = state.Timestamps.ClockTicks + ticks,
            },
            ReceiveTuning = state.ReceiveTuning with
            {
                RoundTicks = Since(state.ReceiveTuning.RoundTicks, ticks),
                RttWindowTicks = state.ReceiveTuning.RttWindowTicks + ticks,
            },
            Statistics = state.Statistics with { PayloadIdleTicks = state.Statistics.PayloadIdleTicks + ticks },
        };
    }

    private static long Left(long ticks, long elapsed) =>
        ticks == TcpConnectionState.NotRunning ? ticks : Math.Max(0, ticks - elapsed);

    private static long Since(long ticks, long elapsed) => ticks < 0 ? ticks : ticks + elapsed;
}
