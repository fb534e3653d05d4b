using ActorStack.Transport.State;

namespace ActorStack.Transport.Engines.Emulated;

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
            RetransmittingTicks = state.RetransmittingTicks < 0 ? state.RetransmittingTicks : state.RetransmittingTicks + ticks,
            TsRecentAgeTicks = state.TsRecentAgeTicks + ticks,
            TsFloorAgeTicks = state.TsFloorAgeTicks + ticks,
            TimestampClockTicks = state.TimestampClockTicks + ticks,
            IdleTicks = state.IdleTicks + ticks,
            ReceiveRoundTicks = state.ReceiveRoundTicks < 0 ? state.ReceiveRoundTicks : state.ReceiveRoundTicks + ticks,
            ReceiveRttWindowTicks = state.ReceiveRttWindowTicks + ticks,
            SendIdleTicks = state.SendIdleTicks + ticks,
            TextIdleTicks = state.TextIdleTicks + ticks,
        };
    }

    private static long Left(long ticks, long elapsed) =>
        ticks == TcpConnectionState.NotRunning ? ticks : Math.Max(0, ticks - elapsed);
}
