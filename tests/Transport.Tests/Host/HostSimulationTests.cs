using ActorStack.Tests.Common.Simulation.Hosts;
using ActorStack.Transport.Host;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Host;

/// <summary>Two hosts with many connections over a bad wire, without actors and in virtual time.</summary>
public sealed class HostSimulationTests
{
    private const ushort Port = 7;
    private const int Connections = 40;
    private const int Bytes = 20_000;

    public static TheoryData<int, int, string, int> Cases
    {
        get
        {
            var cases = new TheoryData<int, int, string, int>();
            for (var seed = 1; seed <= 6; seed++)
            {
                foreach (var loops in (int[])[1, 2, 3])
                {
                    cases.Add(seed, 128, "10.9.0.1", loops);
                    cases.Add(seed, 2, "fd00:9::1", loops); // a backlog of two: most SYNs are answered with cookies
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_connection_gets_its_bytes_back_and_its_flow_leaves_nothing_behind(
        int seed, int backlog, string server, int loops)
    {
        var pair = new HostPair(
            seed, new HostSettings([IpAddress.Parse("10.0.0.1"), IpAddress.Parse("fd00::1")]) { Seed = seed },
            new HostSettings([IpAddress.Parse(server)]) { Seed = seed + 100 }, loops)
        {
            Loss = 0.02,
            Duplication = 0.01,
        };
        var listener = pair.Server.Listen(Port, backlog);
        var remote = new TcpEndpoint(IpAddress.Parse(server), Port);
        var opened = Enumerable.Range(0, Connections).Select(_ => pair.Client.Connect(remote, Bytes, pair.Now)).ToList();

        Assert.True(
            pair.Run(TimeSpan.FromMinutes(10), () => opened.TrueForAll(connection => connection.IsDone)),
            $"seed {seed}: {opened.Count(connection => !connection.IsDone)} connections did not get their bytes back");
        Assert.All(opened, connection => Assert.Null(connection.Error));

        pair.Run(TimeSpan.FromMinutes(10), () => Flows(pair.Client) + Flows(pair.Server) == 0);
        Assert.Equal((0, 0), (Flows(pair.Client), Flows(pair.Server)));
        Assert.Equal((0, 0), (pair.Client.Host.Shared.Connections, pair.Server.Host.Shared.Connections));
        Assert.Equal((0, 0, 0), (listener.HalfOpen, pair.Server.Host.Sources.HalfOpen, pair.Server.Host.Sources.MostConnections));
        Assert.Equal(backlog < Connections, pair.Server.Hosts.Sum(host => host.Counters[DropReason.BacklogFull]) > 0);
        Assert.All(pair.Server.Hosts, host => Assert.True(host.Counters.SegmentsReceived > 0));
        Assert.Equal(loops > 1, pair.Server.Hosts.Sum(host => host.Counters.HandedOver) > 0);
    }

    private static int Flows(SimulatedHost host) => host.Hosts.Sum(one => one.Flows.Count);
}
