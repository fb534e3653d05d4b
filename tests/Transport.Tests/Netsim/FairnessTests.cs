using ActorStack.Tests.Common.Simulation.Shared;
using ActorStack.Transport.Tcp.Congestion;

namespace ActorStack.Transport.Tests.Netsim;

/// <summary>
/// Flows that share one bottleneck; of one algorithm by Jain's index: 1 where all get the same, 1/n where one gets everything.
/// What each got in the second half of the time counts.
/// </summary>
public sealed class FairnessTests
{
    private static readonly TimeSpan Half = TimeSpan.FromSeconds(30);

    public static TheoryData<string, int> SameAlgorithm
    {
        get
        {
            var cells = new TheoryData<string, int>();
            foreach (var algorithm in CongestionControls.Names)
                foreach (var flows in (int[])[2, 4, 16, 64]) cells.Add(algorithm, flows);
            return cells;
        }
    }

    public static TheoryData<string, string, int> MixedAlgorithms
    {
        get
        {
            var cells = new TheoryData<string, string, int>();
            foreach (var (first, second) in CongestionControls.Names.Zip(CongestionControls.Names.Skip(1)))
                foreach (var flows in (int[])[2, 16, 64]) cells.Add(first, second, flows);
            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(SameAlgorithm))]
    public void Flows_of_one_algorithm_share_the_bottleneck_and_fill_it(string algorithm, int flows)
    {
        var (shares, used) = Share([.. Enumerable.Repeat(algorithm, flows)]);
        Assert.InRange(used, 0.9, 1);
        Assert.InRange(JainsIndex(shares), 0.8, 1);
    }

    /// <summary>
    /// Neither algorithm starves the other: each gets, on average, a tenth of an even share at least. More is not asked for (RFC
    /// 9743 section 5.3): BBR and loss-based flows are known to share unevenly, either way with the depth of the queue.
    /// </summary>
    [Theory]
    [MemberData(nameof(MixedAlgorithms))]
    public void Flows_of_two_algorithms_live_beside_each_other(string first, string second, int flows)
    {
        var (shares, used) = Share([.. Enumerable.Range(0, flows).Select(number => number % 2 == 0 ? first : second)]);
        Assert.InRange(used, 0.9, 1);
        var ofFirst = shares.Where((_, number) => number % 2 == 0).Sum() / shares.Sum();
        Assert.InRange(ofFirst, 0.05, 0.95);
    }

    private static (double[] Shares, double Used) Share(string[] algorithms)
    {
        var settings = NetsimScenario.Find("bandwidth 100 Mbit/s").Settings(algorithms);
        settings = settings with { Forward = settings.Forward with { QueueBytes = 500_000 } };
        var simulation = new SharedPathSimulation(settings);
        simulation.RunTo(Half);
        var before = simulation.Flows.Select(flow => flow.Received).ToArray();
        simulation.RunTo(2 * Half);
        var shares = simulation.Flows.Select((flow, i) => (double)(flow.Received - before[i])).ToArray();
        return (shares, shares.Sum() * 8 / Half.TotalSeconds / settings.Forward.BitsPerSecond);
    }

    private static double JainsIndex(double[] shares) =>
        shares.Sum() * shares.Sum() / (shares.Length * shares.Sum(share => share * share));
}
