using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Options;

namespace ActorStack.Transport.Tests.Tcp;

public sealed class MigrationExactnessTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static TheoryData<int, bool> Seeds
    {
        get
        {
            var seeds = new TheoryData<int, bool>();
            for (var seed = 1; seed <= 20; seed++) seeds.Add(seed, seed % 4 == 0);
            return seeds;
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Moved_after_every_input_and_every_output_it_sends_the_very_segments_of_one_that_never_moved(
        int seed, bool slowReader)
    {
        var settings = new SimulationSettings
        {
            Seed = seed,
            Loss = 0.03,
            Reordering = 0.05,
            Duplication = 0.01,
            Marking = 0.02,
            ClientBytes = 400_000,
            ServerBytes = 250_000,
            ReceiveCapacity = slowReader ? 30_000 : 200_000,
            ReadSize = slowReader ? 5_000 : int.MaxValue,
            ReadPause = slowReader ? TimeSpan.FromMilliseconds(30) : TimeSpan.Zero,
            IPv6 = seed % 3 == 0,
            Tcp = new SimulationSettings().Tcp with
            {
                Sack = seed % 5 != 0,
                Timestamps = seed % 7 != 0,
                Options = new SocketOptions
                {
                    NoDelay = seed % 2 == 0,
                    Cork = seed % 5 == 1,
                    QuickAck = seed % 3 == 0 ? null : seed % 3 == 1,
                    KeepAlive = seed % 6 == 0,
                    KeepaliveIdle = TimeSpan.FromMilliseconds(300),
                    CongestionAlgorithm = CongestionControls.Names[seed % CongestionControls.Names.Count],
                    NotSentLowWater = seed % 7 == 2 ? 20_000 : 0,
                },
                Pacing = seed % 4 == 1,
                Ecn = seed % 2 == 0 ? EcnMode.Active : EcnMode.Passive,
            },
        };
        var still = new TcpSimulation(settings);
        still.Connect();
        Assert.True(still.RunTransfer(Limit), still.ToString());

        var moved = new TcpSimulation(settings) { AfterInput = Move, AfterOutput = Move };
        moved.Connect();
        Assert.True(moved.RunTransfer(Limit), moved.ToString());

        Assert.True(moved.Client.Migrations > 1_000, $"only {moved.Client.Migrations} moves");
        Assert.Equal(still.Trace, moved.Trace);
    }

    [Fact]
    public void A_record_keeps_every_field_over_import_and_export()
    {
        var simulation = new TcpSimulation(new SimulationSettings { Loss = 0.05, Reordering = 0.1, ServerBytes = 600_000 });
        var states = new HashSet<TcpState>();
        simulation.AfterOutput = (endpoint, now) =>
        {
            var before = endpoint.Connection!.Capture(Transport.Tcp.ExportScope.Whole, now);
            endpoint.Migrate(now);
            var after = endpoint.Connection.Capture(Transport.Tcp.ExportScope.Whole, now);
            Assert.Equal(Text(before), Text(after));
            states.Add(before.State.Identity.State);
        };
        simulation.Connect();
        Assert.True(simulation.Run(Limit, () => simulation.Client.Connection!.State is TcpState.Closed), simulation.ToString());
        Assert.Contains(TcpState.SynSent, states);
        Assert.Contains(TcpState.SynReceived, states);
        Assert.Contains(TcpState.TimeWait, states);
        Assert.Contains(TcpState.LastAck, states);
    }

    private static void Move(SimulatedEndpoint endpoint, TimeSpan now) => endpoint.Migrate(now);

    private static string Text(ConnectionImage image) =>
        System.Text.Json.JsonSerializer.Serialize(image, SequenceConverter.Options);
}
