using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Options;

namespace ActorStack.Transport.Tests.Tcp;

/// <summary>
/// Settings drawn at random: odd MTUs and buffers at either end, slow readers, empty transfers, bad wires, moves at any moment.
/// Every transfer ends, with the bytes written, both ends closed and no more segments than that takes.
/// </summary>
public sealed class RandomTransferTests
{
    private const int MaximumSegments = 20_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_transfer_ends_with_both_ends_closed(int group)
    {
        for (var seed = group * 1000; seed < group * 1000 + 40; seed++)
        {
            var settings = Draw(seed);
            var simulation = new TcpSimulation(settings);
            if (seed % 2 == 0) simulation.AfterInput = simulation.AfterOutput = MoveAtRandom(seed);
            simulation.Connect();
            var ended = simulation.Run(TimeSpan.FromHours(1),
                () => HasClosed(simulation.Client) && HasClosed(simulation.Server) || simulation.Trace.Count > MaximumSegments);
            Assert.True(ended && simulation.Trace.Count <= MaximumSegments, simulation.ToString());
            Assert.Equal(
                (settings.ClientBytes, settings.ServerBytes), (simulation.Server.BytesRead, simulation.Client.BytesRead));
        }
    }

    private static bool HasClosed(SimulatedEndpoint endpoint) =>
        endpoint.Connection?.State is TcpState.Closed && endpoint.HasReadAll;

    private static Action<SimulatedEndpoint, TimeSpan> MoveAtRandom(int seed)
    {
        var random = new Random(seed);
        return (endpoint, now) =>
        {
            if (random.Next(4) == 0) endpoint.Migrate(now);
        };
    }

    private static SimulationSettings Draw(int seed)
    {
        var random = new Random(seed);
        T Pick<T>(params T[] choices) => choices[random.Next(choices.Length)];
        int Capacity() => Pick(100, 600, 1460, 2919, 10_000, 65_535, 65_536, 900_001);
        TcpSettings Tcp() => TcpSettings.Default with
        {
            Mtu = Pick(576, 577, 1280, 1500, 9000, 65_535),
            MaximumSegmentPayload = Pick(536, 1460, 65_000),
            Sack = Pick(true, false),
            Timestamps = Pick(true, false),
            WindowScaling = Pick(true, false),
            Options = new SocketOptions
            {
                NoDelay = Pick(true, false),
                KeepAlive = Pick(true, false),
                KeepaliveIdle = TimeSpan.FromSeconds(5),
                Cork = Pick(true, false),
                QuickAck = Pick<bool?>(true, false, null),
                NotSentLowWater = Pick(0, 5_000),
            },
        };
        var (client, server) = (Capacity(), Capacity());
        var small = Math.Min(client, server);
        int Bytes() => Pick(0, 1, 1000, Math.Min(client, 100_000), Math.Min(server, 100_000), Math.Min(20 * small, 50_000));
        return new SimulationSettings
        {
            Seed = seed,
            Loss = Pick(0, 0, 0.01, 0.2),
            Reordering = Pick(0, 0.05, 0.3),
            Duplication = Pick(0, 0.1),
            Delay = TimeSpan.FromMilliseconds(Pick(0.05, 5, 50)),
            Jitter = TimeSpan.FromMilliseconds(Pick(1, 100)),
            ClientBytes = Bytes(),
            ServerBytes = Bytes(),
            SendCapacity = Pick(1000, 10_000, 128 * 1024),
            ReceiveCapacity = client,
            ServerReceiveCapacity = server,
            ReadSize = Pick(int.MaxValue, Math.Max(50, small / 3)),
            ReadPause = TimeSpan.FromMilliseconds(Pick(0, 30, 300)),
            Tcp = Tcp(),
            ServerTcp = Tcp(),
            IPv6 = Pick(true, false),
        };
    }
}
