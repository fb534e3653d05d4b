using System.Text.Json;
using ActorStack.CommandLine;
using ActorStack.CommandLine.Bench.Drills;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Tests.Common;

namespace ActorStack.Hosting.Tests;

/// <summary>The attack drills of <c>bench --drills</c>, short and gentle: what they are to leave intact, not how fast.</summary>
public sealed class DrillTests(DrillGround ground) : IClassFixture<DrillGround>
{
    public static TheoryData<string> Names => [.. Drill.All.Select(drill => drill.Name)];

    [LinuxTheory]
    [MemberData(nameof(Names))]
    public async Task Under_attack_every_client_is_served_and_memory_is_bounded(string name)
    {
        var drill = Drill.All.Single(one => one.Name == name);
        var figure = await ground.RunAsync(drill);

        var seen = JsonSerializer.Serialize(figure, CommandJson.Default.DrillFigure);
        Assert.True(figure.IsIntact, seen);
        Assert.True(figure.IsMemoryBounded, seen);
        Assert.True(figure.Packets > 0 && figure.Attacked.Transfers > 0 && figure.Steady.Bytes > 0, seen);
    }
}
