using ActorStack.Transport.Emulation.Toe;
using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;

namespace ActorStack.Transport.Tests.Engines.Emulated;

public sealed class RecordAgingTests
{
    [Fact]
    public void What_has_lasted_lasts_longer_what_is_left_shrinks_and_what_does_not_run_stays()
    {
        var running = new TcpConnectionState
        {
            Retransmission = new RetransmissionSection { RetransmittingTicks = 5 },
            Liveness = new LivenessSection { PersistingTicks = 7 },
            Timers = new TimersSection { RetransmitTicksLeft = 30, PersistTicksLeft = 3 },
        };
        var aged = running.Aged(TimeSpan.FromTicks(10));
        Assert.Equal((15, 17, 20, 0),
            (aged.Retransmission.RetransmittingTicks, aged.Liveness.PersistingTicks, aged.Timers.RetransmitTicksLeft,
                aged.Timers.PersistTicksLeft));

        var searching = new TcpConnectionState { Path = new PathSection { RaiseTicksLeft = 30 } }.Aged(TimeSpan.FromTicks(10));
        Assert.Equal(20, searching.Path.RaiseTicksLeft);

        var still = new TcpConnectionState().Aged(TimeSpan.FromTicks(10));
        Assert.Equal(
            Enumerable.Repeat<long>(TcpConnectionState.NotRunning, 4),
            [still.Retransmission.RetransmittingTicks, still.Liveness.PersistingTicks, still.Timers.RetransmitTicksLeft,
                still.Timers.PersistTicksLeft]);
    }
}
