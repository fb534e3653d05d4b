using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.State;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp;

public sealed class TransferTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Bytes_arrive_in_order_both_ways_over_a_clean_wire(bool ipv6)
    {
        var simulation = new TcpSimulation(new SimulationSettings { IPv6 = ipv6 });
        simulation.Connect();
        Assert.True(simulation.RunTransfer(Limit), simulation.ToString());
        Assert.Equal(300_000, simulation.Server.BytesRead);
        Assert.Equal(300_000, simulation.Client.BytesRead);
        Assert.Equal(0, simulation.Client.Connection!.Info.Retransmissions);
        Assert.Equal(0, simulation.Server.Connection!.Info.Retransmissions);
    }

    [Fact]
    public void Bytes_arrive_in_order_whatever_the_wire_does()
    {
        for (var seed = 1; seed <= 300; seed++)
        {
            var simulation = new TcpSimulation(new SimulationSettings
            {
                Seed = seed,
                Loss = 0.02 + seed % 5 * 0.02,
                Reordering = 0.05,
                Duplication = 0.01,
                ClientBytes = 60_000,
                ServerBytes = 60_000,
            });
            simulation.Connect();
            Assert.True(simulation.RunTransfer(Limit), simulation.ToString());
            Assert.Equal(60_000, simulation.Server.BytesRead);
            Assert.Equal(60_000, simulation.Client.BytesRead);
        }
    }

    [Fact]
    public void Both_ends_reach_closed_and_only_the_first_to_close_waits()
    {
        var simulation = new TcpSimulation(new SimulationSettings { ClientBytes = 10, ServerBytes = 100_000 });
        simulation.Connect();
        Assert.True(simulation.Run(Limit, () => simulation.Server.Connection?.State is TcpState.Closed), simulation.ToString());
        Assert.Equal(TcpState.TimeWait, simulation.Client.Connection!.State);
        var closedAt = simulation.Now;
        Assert.True(simulation.Run(Limit, () => simulation.Client.Connection.State is TcpState.Closed));
        Assert.True(simulation.Now - closedAt >= TimeSpan.FromSeconds(59), $"{simulation.Now - closedAt}");
    }

    [Fact]
    public void A_slow_reader_stops_the_writer_and_loses_nothing()
    {
        var simulation = new TcpSimulation(new SimulationSettings
        {
            ReceiveCapacity = 20_000,
            ReadSize = 3_000,
            ReadPause = TimeSpan.FromMilliseconds(40),
            Loss = 0.01,
        });
        var closed = false;
        simulation.AfterOutput = (_, _) => closed |= simulation.Trace[^1].Window < 1_448;
        simulation.Connect();
        Assert.True(simulation.RunTransfer(Limit), simulation.ToString());
        Assert.True(closed, "the window never closed");
        Assert.Equal(300_000, simulation.Server.BytesRead);
    }

    [Fact]
    [Rfc(9293, "3.8.6")]
    [Rfc(7323, "2.4")]
    public void The_right_edge_of_the_window_never_moves_back_by_a_unit_of_its_scale()
    {
        var simulation = new TcpSimulation(new SimulationSettings
        {
            ReceiveCapacity = 900_000, // needs scaling
            ReadSize = 7_001,
            ReadPause = TimeSpan.FromMilliseconds(3),
            Loss = 0.02,
            Reordering = 0.05,
            ClientBytes = 2_000_000,
            ServerBytes = 1,
        });
        simulation.Connect();
        Assert.True(simulation.RunTransfer(Limit), simulation.ToString());
        SequenceNumber? edge = null;
        foreach (var entry in simulation.Trace.Where(entry => entry.From == "server" && !entry.Flags.HasFlag(TcpFlags.Syn)))
        {
            var next = entry.Acknowledgment + (entry.Window << 4);
            if (edge is { } furthest) Assert.True(next > furthest - (1 << 4), entry.ToString());
            edge = SequenceNumber.Max(next, edge ?? next);
        }
    }
}
