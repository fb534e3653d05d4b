using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Recovery;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp.Recovery;

/// <summary>
/// Whole transfers over a wire that loses and reorders: a round trip is 40 ms; what is resent is what was lost, and little more.
/// </summary>
public sealed class LossySimulationTests
{
    private static readonly SimulationSettings Path = new()
    {
        Delay = TimeSpan.FromMilliseconds(20),
        ClientBytes = 1_000_000,
        ServerBytes = 0,
        SendCapacity = 1 << 20,
        ReceiveCapacity = 1 << 20,
    };

    [Theory]
    [InlineData(0.002)]
    [InlineData(0.02)]
    public void Random_loss_is_repaired_without_timeouts_and_nothing_is_resent_twice(double loss)
    {
        Outcome all = default;
        for (var seed = 1; seed <= 10; seed++) all += Run(Path with { Seed = seed }, loss);
        Assert.True(all.Dropped > 10, $"{all}");
        Assert.InRange(all.Resent, all.Dropped, all.Dropped + all.Dropped / 5 + 10);
        Assert.InRange(all.Timeouts, 0, 1);
    }

    [Fact]
    public void A_lost_tail_is_repaired_by_the_probe_without_a_timeout()
    {
        for (var lost = 1; lost <= 5; lost++)
        {
            var outcome = Run(Path with { ClientBytes = 10 * 1448 }, segment => segment.Count > 10 - lost && segment.Count <= 10);
            Assert.Equal((lost, 0), (outcome.Dropped, outcome.Timeouts));
            Assert.InRange(outcome.Resent, lost, lost + 1);
        }
    }

    [Theory]
    [InlineData(9)]
    [InlineData(30)]
    public void Reordering_costs_one_round_of_retransmissions_and_then_none(int milliseconds)
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            var settings = Path with { Seed = seed, Reordering = 0.05, Jitter = TimeSpan.FromMilliseconds(milliseconds) };
            var outcome = Run(settings, loss: 0);
            Assert.True(outcome is { Timeouts: 0, Resent: <= 16 }, $"seed {seed}: {outcome}");
        }
    }

    [Fact]
    public void A_thousand_transfers_over_bad_wires_arrive_whole_whatever_both_ends_know()
    {
        for (var seed = 1; seed <= 1_000; seed++)
        {
            var settings = Path with
            {
                Seed = seed,
                Loss = seed % 4 * 0.04,
                Reordering = seed % 3 * 0.1,
                Jitter = TimeSpan.FromMilliseconds(seed % 7 * 6),
                Duplication = seed % 5 * 0.02,
                ClientBytes = 40_000,
                ServerBytes = seed % 2 * 20_000,
                Tcp = Path.Tcp with { Sack = seed % 6 != 0, Timestamps = seed % 9 != 0 },
            };
            var simulation = new TcpSimulation(settings);
            simulation.Connect();
            Assert.True(simulation.RunTransfer(TimeSpan.FromMinutes(5)), simulation.ToString());
            Assert.True(simulation.Trace.Count < 1_500, simulation.ToString());
        }
    }

    private static Outcome Run(SimulationSettings settings, double loss)
    {
        var random = new Random(settings.Seed);
        return Run(settings, _ => random.NextDouble() < loss);
    }

    private static Outcome Run(SimulationSettings settings, Func<(SequenceNumber Sequence, int Count), bool> isLost)
    {
        var simulation = new TcpSimulation(settings);
        var (sent, dropped, timeouts, last) = (0, 0, 0, RecoveryState.Open);
        simulation.Filter = (from, segment) =>
        {
            if (from != simulation.Client || segment.Payload.IsEmpty || !isLost((segment.Sequence, ++sent))) return true;
            dropped++;
            return false;
        };
        simulation.AfterInput = (endpoint, now) =>
        {
            if (endpoint != simulation.Client) return;
            var state = (RecoveryState)endpoint.Connection!.Export(ExportScope.Bare, now).Recovery.State;
            if (state is RecoveryState.Loss && last is not RecoveryState.Loss) timeouts++;
            last = state;
        };
        simulation.Connect();
        Assert.True(simulation.Run(TimeSpan.FromMinutes(10), () => simulation.Server.HasReadAll), simulation.ToString());
        return new Outcome(dropped, (int)simulation.Client.Connection!.Info.Retransmissions, timeouts);
    }

    private readonly record struct Outcome(int Dropped, int Resent, int Timeouts)
    {
        public static Outcome operator +(Outcome left, Outcome right) =>
            new(left.Dropped + right.Dropped, left.Resent + right.Resent, left.Timeouts + right.Timeouts);
    }
}
