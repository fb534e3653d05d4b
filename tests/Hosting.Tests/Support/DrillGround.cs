using ActorStack.CommandLine.Bench.Drills;
using ActorStack.Tests.Common;

namespace ActorStack.Hosting.Tests.Support;

/// <summary>One service for all drills of a class: it has to outlive them.</summary>
public sealed class DrillGround : IAsyncLifetime
{
    /// <summary>Long and fast enough to meet every limit that the drills are about.</summary>
    internal static readonly DrillScale Scale = new(
        Clients: 8, Period: TimeSpan.FromMilliseconds(100), Patience: Patience.Limit, Bytes: 32 * 1024,
        Undisturbed: TimeSpan.FromSeconds(0.5), Attacked: TimeSpan.FromSeconds(1), MostPackets: 3_000, Share: 0.05);

    private DrillBench? _bench;

    public async Task InitializeAsync()
    {
        if (LinuxRequirement.SkipReason is null)
            _bench = await DrillBench.StartAsync(Scale, TimeSpan.FromSeconds(1), Patience.Token());
    }

    public Task DisposeAsync()
    {
        _bench?.Dispose();
        return Task.CompletedTask;
    }

    internal Task<DrillFigure> RunAsync(Drill drill) => _bench!.RunAsync(drill, Scale, Patience.Token());
}
