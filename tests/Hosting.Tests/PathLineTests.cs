using System.Text.Json;
using ActorStack.CommandLine;
using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Paths;
using ActorStack.Tests.Common;
using ActorStack.Transport.Emulation.Paths;
using ActorStack.Transport.Links;

namespace ActorStack.Hosting.Tests;

/// <summary>The lines that <c>actorstack path</c> reads.</summary>
public sealed class PathLineTests
{
    [Fact]
    public void What_a_line_leaves_out_is_as_declared()
    {
        Assert.Equal(new PathDescription(WireImpairments.None, WireImpairments.None, Seed: 1), PathLine.Parse("{}"));
        var path = PathLine.Parse("""{"forward": {"loss": 0.01, "DELAY": "00:00:00.020"}, "seed": 7}""");
        Assert.Equal(new WireImpairments { Loss = 0.01, Delay = TimeSpan.FromMilliseconds(20) }, path.Forward);
        Assert.Equal((WireImpairments.None, 7), (path.Backward, path.Seed));
    }

    [Fact]
    public void A_whole_path_comes_through_as_it_was()
    {
        var faulty = new WireImpairments
        {
            Loss = 0.1,
            BurstStart = 0.2,
            BurstLength = 3,
            BurstLoss = 0.4,
            Delay = TimeSpan.FromMilliseconds(5),
            Jitter = TimeSpan.FromMilliseconds(6),
            JitterReorders = true,
            Reordering = 0.7,
            ReorderDelay = TimeSpan.FromMilliseconds(8),
            Duplication = 0.9,
            Corruption = 0.11,
            BitsPerSecond = 12,
            QueueBytes = 13,
            QueuePackets = 14,
            MarkingBytes = 15,
        };
        PathRule[] rules = [new(PathPacketKind.Data, 3, Delay: TimeSpan.FromSeconds(1))];
        var parsed = PathLine.Parse(JsonSerializer.Serialize(
            new PathDescription(faulty, WireImpairments.None, 9, null, rules), CommandJson.Default.PathDescription));
        Assert.Equal((faulty, WireImpairments.None, 9), (parsed.Forward, parsed.Backward, parsed.Seed));
        Assert.Null(parsed.ForwardRules);
        Assert.Equal(rules, parsed.BackwardRules);
    }

    [Theory]
    [InlineData("loss 1%", "'l' is an invalid start")]
    [InlineData("{\"forward\": {}", "Expected depth to be zero")]
    [InlineData("null", "no JSON object")]
    [InlineData("[1]", "'[1]' is no JSON object")]
    [InlineData("{\"forward\": null}", "no JSON object")]
    [InlineData("{\"forward\": {\"los\": 0.1}}", "There is no 'los'")]
    [InlineData("{\"forward\": {\"loss\": \"much\"}}", "$.forward.loss")]
    public void A_line_that_describes_no_path_is_refused_with_the_reason(string line, string reason) =>
        Assert.Contains(reason, Assert.ThrowsAny<JsonException>(() => PathLine.Parse(line)).Message);

    [LinuxFact]
    public async Task A_refused_line_is_answered_and_the_path_stays()
    {
        using var lab = new Laboratory(isJoined: false);
        using var emulator = await lab.JoinByPathAsync(Patience.Token());
        Assert.StartsWith(
            "{\"error\":\"The line does not describe a path", await emulator.AskAsync("nonsense", Patience.Token()));
        Assert.StartsWith("{\"forward\":", await emulator.AskAsync("", Patience.Token()));
        Assert.StartsWith("{\"forward\":", await emulator.AskAsync("{}", Patience.Token()));
    }
}
