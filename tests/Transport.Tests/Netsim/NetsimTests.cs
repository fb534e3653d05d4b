using ActorStack.Tests.Common.Simulation.Shared;
using ActorStack.Transport.Links;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Netsim;

public sealed class NetsimTests
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(20);

    public static TheoryData<string, string> Cells
    {
        get
        {
            var cells = new TheoryData<string, string>();
            foreach (var scenario in NetsimScenario.All)
                foreach (var algorithm in CongestionControls.Names) cells.Add(scenario.Name, algorithm);
            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Goodput_is_what_it_was(string scenario, string algorithm)
    {
        var simulation = new SharedPathSimulation(NetsimScenario.Find(scenario).Settings(algorithm));
        simulation.RunTo(Time);
        var goodput = simulation.Flows[0].Received * 8 / Time.TotalSeconds / 1e6;
        if (NetsimGolden.IsWriting) NetsimGolden.Write(scenario, algorithm, goodput);
        var golden = NetsimGolden.Find(scenario, algorithm);
        Assert.True(golden is not null, $"golden.tsv has no `{scenario}`, {algorithm}: write it anew");
        Assert.InRange(goodput, golden.Value * (1 - NetsimGolden.Tolerance), golden.Value * (1 + NetsimGolden.Tolerance));
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Moved_between_any_two_inputs_it_sends_the_very_same_segments(string scenario, string algorithm)
    {
        var settings = NetsimScenario.Find(scenario).Settings(algorithm) with { Bytes = 400_000, SendCapacity = 64 << 10 };
        var (still, moved) = (new SharedPathSimulation(settings), new SharedPathSimulation(settings));
        var (expected, actual) = (Record(still), Record(moved));
        moved.AfterInput = (flow, isSender, now) => flow.Move(isSender, now);
        still.RunTo(TimeSpan.FromMinutes(2));
        moved.RunTo(TimeSpan.FromMinutes(2));
        Assert.Equal(settings.Bytes, still.Flows[0].Received);
        Assert.True(moved.Flows[0].Moves > 200, $"only {moved.Flows[0].Moves} moves");
        Assert.Equal(expected, actual);
    }

    /// <summary>
    /// 12 Mbit/s, 50 ms, a queue of 20 packets: what the peer's window lets through is more than the path holds.
    /// </summary>
    [Fact]
    public void BBR_finds_the_pipe_full_also_where_the_peers_window_limits_what_is_in_flight()
    {
        var line = new WireImpairments { BitsPerSecond = 12_000_000, Delay = TimeSpan.FromMilliseconds(25), QueueBytes = 30_000 };
        var settings = NetsimScenario.Find("plain").Settings("bbr") with
        {
            Forward = line,
            Backward = line,
            ReceiveCapacity = 150_000,
        };
        var simulation = new SharedPathSimulation(settings);
        simulation.RunTo(Time / 2);
        var before = simulation.Forward;
        simulation.RunTo(Time);
        Assert.InRange(
            (double)(simulation.Forward.QueueDrops - before.QueueDrops) / (simulation.Forward.Sent - before.Sent), 0, 0.01);
    }

    [Fact]
    public void The_same_seed_gives_the_same_segments_and_another_seed_others()
    {
        Assert.Equal(Run(3), Run(3));
        Assert.NotEqual(Run(3), Run(4));

        static List<Sent> Run(int seed)
        {
            var simulation = new SharedPathSimulation(
                NetsimScenario.Find("loss 1 %").Settings("cubic", "reno") with { Seed = seed });
            var sent = Record(simulation);
            simulation.RunTo(TimeSpan.FromSeconds(3));
            return sent;
        }
    }

    private static List<Sent> Record(SharedPathSimulation simulation)
    {
        var sent = new List<Sent>();
        simulation.Sent = (flow, isSender, segment, now) =>
            sent.Add(new Sent(now, flow.Number, isSender, segment.Sequence, segment.Acknowledgment, segment.Flags,
                segment.Payload.Length, segment.Window));
        return sent;
    }

    private readonly record struct Sent(
        TimeSpan At, int Flow, bool IsSender, SequenceNumber Sequence, SequenceNumber Acknowledgment, TcpFlags Flags, int Length,
        ushort Window);
}
