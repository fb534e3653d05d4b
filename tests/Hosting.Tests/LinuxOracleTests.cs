using ActorStack.CommandLine.Lab;
using ActorStack.Hosting.Tests.Support;
using ActorStack.Tests.Common;
using ActorStack.Transport.Emulation.Paths;
using ActorStack.Transport.Links;

namespace ActorStack.Hosting.Tests;

/// <summary>
/// The same 64 KB over the same path with the same packets lost, once from Linux and once from the software stack, both with
/// CUBIC and SACK: the segments that are resent, and how many round-trip times after they were first sent, are the same.
/// </summary>
public sealed class LinuxOracleTests(OracleLaboratory oracle) : IClassFixture<OracleLaboratory>
{
    /// <summary>Timers of both round differently, and Linux's tail loss probe adds two jiffies.</summary>
    private const double ToleranceRoundTrips = 0.5;

    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The path runs in real time: where the machine held it up, Linux and the stack did not see the same, and both run again.
    /// </summary>
    private const int Runs = 5;

    private static readonly Dictionary<string, PathRule[]> Data = new()
    {
        ["nothing lost"] = [],
        ["one data packet lost"] = [new PathRule(PathPacketKind.Data, 15)],
        ["one packet of the first flight lost"] = [new PathRule(PathPacketKind.Data, 4)],
        ["three neighbours lost"] = [new PathRule(PathPacketKind.Data, 15, 3)],
        ["two apart lost"] = [new PathRule(PathPacketKind.Data, 12), new PathRule(PathPacketKind.Data, 20)],
        ["the last packet lost"] = [new PathRule(PathPacketKind.Data, 46)],
        ["the last three packets lost"] = [new PathRule(PathPacketKind.Data, 44, 3)],
        ["a retransmission lost"] = [new PathRule(PathPacketKind.Data, 15), new PathRule(PathPacketKind.Resent, 1)],
        ["one packet late by a tenth of the round trip"] = [new PathRule(PathPacketKind.Data, 15, Delay: RoundTrip / 10)],
        ["acknowledgments lost"] = [],
    };

    private static readonly Dictionary<string, PathRule[]> Acknowledgments = new()
    {
        ["acknowledgments lost"] = [new PathRule(PathPacketKind.Acknowledgment, 4, 3)],
    };

    public static TheoryData<string> Scenarios => [.. Data.Keys];

    [LinuxTheory]
    [MemberData(nameof(Scenarios))]
    public async Task The_software_stack_resends_what_Linux_resends_and_when(string scenario)
    {
        var text = "";
        for (var run = 0; run < Runs; run++)
        {
            var linux = await RunAsync(scenario, Laboratory.PlainAddress);
            var stack = await RunAsync(scenario, Laboratory.VirtualAddress);
            if (IsAsLost(Data[scenario], linux) && AreAlike(linux, stack)) return;
            text += $"Linux: {string.Join(", ", linux)}; software stack: {string.Join(", ", stack)}\n";
        }

        Assert.Fail(text);
    }

    /// <summary>
    /// Where nothing is lost Linux resends nothing, where data is lost something; late data it may do either about.
    /// </summary>
    private static bool IsAsLost(PathRule[] rules, List<Resent> linux) =>
        rules.Length == 0 ? linux.Count == 0 : linux.Count > 0 || rules.All(rule => rule.Delay is not null);

    private static bool AreAlike(List<Resent> linux, List<Resent> stack) =>
        linux.Select(resent => resent.Sequence).SequenceEqual(stack.Select(resent => resent.Sequence))
        && linux.Zip(stack, (left, right) => Math.Abs(left.RoundTrips - right.RoundTrips))
            .All(apart => apart < ToleranceRoundTrips);

    private async Task<List<Resent>> RunAsync(string scenario, string address)
    {
        var line = new WireImpairments { BitsPerSecond = 100_000_000, Delay = RoundTrip / 2, QueueBytes = 1 << 20 };
        var path = new PathDescription(line, line, Seed: 1, Acknowledgments.GetValueOrDefault(scenario, []), Data[scenario]);
        var trace = await oracle.FetchAsync(path, address);
        return [.. trace.Where(packet => packet.Kind == PathPacketKind.Resent).Select(packet => Describe(packet, trace))];
    }

    private static Resent Describe(TracedPacket packet, IReadOnlyList<TracedPacket> trace)
    {
        var first = trace.First(one => one.Kind == PathPacketKind.Data && one.Sequence + one.Length > packet.Sequence);
        return new Resent(packet.Sequence, Math.Round((packet.At - first.At) / RoundTrip, 2));
    }

    private readonly record struct Resent(uint Sequence, double RoundTrips);
}
