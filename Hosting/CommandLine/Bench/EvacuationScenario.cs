using System.Diagnostics;
using ActorStack.CommandLine.Demo.Cluster;
using ActorStack.Hosting.Control;

namespace ActorStack.CommandLine.Bench;

/// <summary>A node gives many connections, each of which is echoed at intervals, to two others.</summary>
internal sealed class EvacuationScenario(int connections) : IScenario
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    public IReadOnlyList<string> Targets => [Target.Node];

    public bool IsRepeated => false;

    public async Task<IReadOnlyList<Measurement>> MeasureAsync(Bench bench, string target, CancellationToken cancellation)
    {
        using var lab = new ClusterLaboratory(["a", "b", "c"]);
        await lab.StartAsync(cancellation);
        using var crowd = await lab.StartCrowdAsync(connections, Period, cancellation);
        while ((await lab.ControlOf("a").GetStatisticsAsync(cancellation)).Connections < connections)
            await Task.Delay(Poll, cancellation);
        var clock = Stopwatch.StartNew();
        var drained = await lab.ControlOf("a").DrainAsync(new DrainRequest(null), cancellation);
        var seconds = clock.Elapsed.TotalSeconds;
        var seen = await crowd.FinishAsync(cancellation);
        var name = $"evacuation of {connections:N0}";
        return
        [
            new Measurement(name, seconds, "s"),
            new Measurement($"{name}, longest blackout", drained.LongestBlackoutMicroseconds / 1e3, "ms"),
            new Measurement($"{name}, not moved", drained.Stayed, "connections"),
            new Measurement($"{name}, failed at the clients", seen.Failed, "connections"),
            new Measurement($"{name}, longest wait for an echo", seen.LongestMilliseconds, "ms"),
        ];
    }
}
