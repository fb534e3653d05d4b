using ActorStack.Tests.Common.Simulation.Shared;
using ActorStack.Transport.Links;

namespace ActorStack.Transport.Tests.Netsim;

/// <summary>
/// Every twentieth segment late by a quarter of a round trip, or a half where that is short, costs no more than a twentieth of
/// the goodput.
/// </summary>
public sealed class ReorderingTests
{
    public static TheoryData<string, int, int, int> Paths
    {
        get
        {
            var cells = new TheoryData<string, int, int, int>();
            (int Megabits, int RoundTrip, int Late)[] paths =
                [(100, 10, 5), (100, 40, 1), (100, 40, 9), (100, 40, 20), (100, 100, 9), (100, 100, 30), (20, 20, 9)];
            foreach (var algorithm in (string[])["cubic", "bbr"])
                foreach (var (megabits, roundTrip, late) in paths)
                    cells.Add(algorithm, megabits, roundTrip, late);
            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Reordering_costs_no_more_than_what_is_out_of_order(string algorithm, int megabits, int roundTrip, int late)
    {
        var still = Goodput(reordering: 0);
        var reordered = Goodput(reordering: 0.05);
        Assert.True(reordered >= 0.95 * still, $"{reordered:0.0} instead of {still:0.0} Mbit/s");

        double Goodput(double reordering)
        {
            var time = TimeSpan.FromSeconds(10);
            var path = new WireImpairments
            {
                BitsPerSecond = megabits * 1_000_000L,
                Delay = TimeSpan.FromMilliseconds(roundTrip) / 2,
                QueueBytes = Math.Max(megabits * roundTrip * 125, 128 * 1024),
            };
            var simulation = new SharedPathSimulation(new SharedPathSettings
            {
                Forward = path with { Reordering = reordering, ReorderDelay = TimeSpan.FromMilliseconds(late) },
                Backward = path,
                Flows = [algorithm],
            });
            simulation.RunTo(time);
            var before = simulation.Flows[0].Received;
            simulation.RunTo(2 * time);
            return (simulation.Flows[0].Received - before) * 8 / time.TotalSeconds / 1e6;
        }
    }
}
