using ActorStack.Actors.Migration;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Capture;
using Xunit.Abstractions;

namespace ActorStack.Hosting.Tests;

/// <summary>
/// Segments on the wire, whoever sends them: software stack, kernel, TOE, and the software stack again. None is larger than the
/// peer's MSS (RFC 9293 section 3.7.1), and once the path MTU is known no packet is larger than that.
/// </summary>
public sealed class SegmentSizeTests(WireGround ground, ITestOutputHelper output) : IClassFixture<WireGround>
{
    /// <summary>Larger packets that try a narrow path again where its router is silent (RFC 4821 section 7).</summary>
    private const int MostProbes = 3;

    private const int Request = 3_000;
    private const int Rest = 30_000;

    [LinuxTheory]
    [InlineData(null, false)]
    [InlineData(null, true)]
    [InlineData("kernel", false)]
    [InlineData("kernel", true)]
    [InlineData("toe", false)]
    [InlineData("toe", true)]
    public async Task No_segment_exceeds_the_peers_MSS_nor_a_known_path_MTU_from_the_first_on(string? engine, bool isIPv6)
    {
        using var tap = ground.Tap();
        var flows = await ConnectAsync(isIPv6);
        var stages = new List<(string Stage, IReadOnlyList<WireSegment> Sent)>
        {
            ("software", await EchoAsync(flows, tap, [Request, Rest, Rest])),
        };
        if (engine is not null)
        {
            await MoveAsync(flows, flow => ground.Arena.Control.OffloadAsync(flow.Id, engine, Patience.Token()));
            stages.Add((engine, await EchoAsync(flows, tap, [Rest])));
            await AssertPathAsync(flows);
            await MoveAsync(flows, flow => ground.Arena.Control.UploadAsync(flow.Id, Patience.Token()));
            stages.Add(("software again", await EchoAsync(flows, tap, [Rest])));
        }

        await AssertPathAsync(flows);
        foreach (var flow in flows) Report(flow, stages);
        foreach (var (stage, sent) in stages)
        {
            foreach (var flow in flows) AssertBounded(flow, stage, flow.Of(sent), isKnown: stage != "software");
        }

        foreach (var flow in flows) flow.Socket.Dispose();
    }

    private async Task<IReadOnlyList<WireFlow>> ConnectAsync(bool isIPv6)
    {
        var flows = new List<WireFlow>();
        foreach (var path in Enum.GetValues<WirePath>())
        {
            foreach (var announced in WireGround.Announced)
            {
                flows.Add(await ground.ConnectAsync(path, announced, timestamps: true, isIPv6));
                flows.Add(await ground.ConnectAsync(path, announced, timestamps: false, isIPv6));
            }
        }

        return flows;
    }

    /// <summary>All side by side; what the service sent, by the wire.</summary>
    private static async Task<IReadOnlyList<WireSegment>> EchoAsync(IReadOnlyList<WireFlow> flows, WireTap tap, int[] lengths)
    {
        tap.Take();
        await Task.WhenAll(flows.Select(async flow =>
        {
            foreach (var length in lengths) await flow.EchoAsync(length);
        }));
        var sent = tap.Take();
        Assert.All(flows, flow => Assert.InRange(flow.Of(sent).Sum(segment => segment.Text), lengths.Sum(), int.MaxValue));
        return sent;
    }

    private static async Task MoveAsync(IReadOnlyList<WireFlow> flows, Func<WireFlow, Task<MigrationRecord>> move)
    {
        foreach (var flow in flows) Assert.Equal(MigrationOutcome.Completed, (await move(flow)).Outcome);
    }

    /// <summary>Whoever runs a connection knows of the narrow path where the peer would take more.</summary>
    private async Task AssertPathAsync(IReadOnlyList<WireFlow> flows)
    {
        foreach (var flow in flows.Where(flow => flow.Path is not WirePath.Wide && flow.Announced == WireGround.Announced.Max()))
        {
            var known = (await ground.Arena.Control.GetTcpStatisticsAsync(flow.Id, Patience.Token())).Pmtu;
            var isRight = flow.Path is WirePath.Told ? known == WireGround.Narrow : known <= WireGround.Narrow;
            Assert.True(isRight, $"{flow}: path MTU {known}");
        }
    }

    private static void AssertBounded(WireFlow flow, string stage, IReadOnlyList<WireSegment> sent, bool isKnown)
    {
        var mss = sent.Max(segment => segment.Mss);
        Assert.True(mss <= flow.LargestMss, $"{flow}, {stage}: {mss} bytes of payload and options");
        if (flow.Path is WirePath.Wide || !isKnown) return;
        var larger = sent.Where(segment => segment.Packet > WireGround.Narrow).ToList();
        var allowed = flow.Path is WirePath.Silent && stage != "kernel" ? MostProbes : 0;
        var largest = sent.Max(segment => segment.Packet);
        Assert.True(larger.Count <= allowed, $"{flow}, {stage}: {larger.Count} packets, up to {largest} bytes");
    }

    private void Report(WireFlow flow, IEnumerable<(string Stage, IReadOnlyList<WireSegment> Sent)> stages) => output.WriteLine(
        $"{flow}: " + string.Join("; ", stages.Select(stage => (stage.Stage, Sent: flow.Of(stage.Sent))).Select(stage =>
            $"{stage.Stage} first {stage.Sent[0].LargestText}, largest {stage.Sent.Max(segment => segment.LargestText)} "
            + $"(MSS {stage.Sent.Max(segment => segment.Mss)}, packet {stage.Sent.Max(segment => segment.Packet)})")));
}
