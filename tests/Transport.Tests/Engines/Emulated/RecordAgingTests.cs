using ActorStack.Transport.Emulation.Toe;
using ActorStack.Transport.State;

namespace ActorStack.Transport.Tests.Engines.Emulated;

public sealed class RecordAgingTests
{
    [Fact]
    public void What_has_lasted_lasts_longer_what_is_left_shrinks_and_what_does_not_run_stays()
    {
        var running = new TcpConnectionState { RetransmittingTicks = 5, PersistingTicks = 7, RetransmitTicksLeft = 30, PersistTicksLeft = 3 };
        var aged = running.Aged(TimeSpan.FromTicks(10));
        Assert.Equal((15, 17, 20, 0), (aged.RetransmittingTicks, aged.PersistingTicks, aged.RetransmitTicksLeft, aged.PersistTicksLeft));

        var searching = new TcpConnectionState { PathMtuRaiseTicksLeft = 30 }.Aged(TimeSpan.FromTicks(10));
        Assert.Equal(20, searching.PathMtuRaiseTicksLeft);

        var still = new TcpConnectionState().Aged(TimeSpan.FromTicks(10));
        Assert.Equal(
            Enumerable.Repeat<long>(TcpConnectionState.NotRunning, 4),
            [still.RetransmittingTicks, still.PersistingTicks, still.RetransmitTicksLeft, still.PersistTicksLeft]);
    }
}
