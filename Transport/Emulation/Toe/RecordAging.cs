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
            RetransmitTicksLeft = Left(state.RetransmitTicksLeft, ticks),
            DelayedAckTicksLeft = Left(state.DelayedAckTicksLeft, ticks),
            PersistTicksLeft = Left(state.PersistTicksLeft, ticks),
            KeepaliveTicksLeft = Left(state.KeepaliveTicksLeft, ticks),
            TimeWaitTicksLeft = Left(state.TimeWaitTicksLeft, ticks),
            CorkTicksLeft = Left(state.CorkTicksLeft, ticks),
            LingerTicksLeft = Left(state.LingerTicksLeft, ticks),
            DeferAcceptTicksLeft = Left(state.DeferAcceptTicksLeft, ticks),
            PathMtuRaiseTicksLeft = Left(state.PathMtuRaiseTicksLeft, ticks),
            RetransmittingTicks = Since(state.RetransmittingTicks, ticks),
            PersistingTicks = Since(state.PersistingTicks, ticks),
            TsRecentAgeTicks = state.TsRecentAgeTicks + ticks,
            TsFloorAgeTicks = state.TsFloorAgeTicks + ticks,
            TimestampClockTicks = state.TimestampClockTicks + ticks,
            IdleTicks = state.IdleTicks + ticks,
            ReceiveRoundTicks = Since(state.ReceiveRoundTicks, ticks),
            ReceiveRttWindowTicks = state.ReceiveRttWindowTicks + ticks,
            SendIdleTicks = state.SendIdleTicks + ticks,
            TextIdleTicks = state.TextIdleTicks + ticks,
        };
    }

    private static long Left(long ticks, long elapsed) =>
        ticks == TcpConnectionState.NotRunning ? ticks : Math.Max(0, ticks - elapsed);

    private static long Since(long ticks, long elapsed) => ticks < 0 ? ticks : ticks + elapsed;
}
