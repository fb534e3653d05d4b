using ActorStack.Actors.Tests.Support;
using ActorStack.Transport.State;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Connections;

/// <summary>What a stack has no room for, and how that is told.</summary>
public class LimitTests : StackTest
{
    private static readonly TcpMemoryLimits Small = new(Low: 300_000, Pressure: 400_000, High: 800_000);

    [Fact]
    public void Connections_whose_applications_do_not_read_hold_no_more_than_the_limit_of_memory()
    {
        StartStack(Settings with { Memory = Small });
        Listen(EchoPort, Applications.Idle);
        var clients = Enumerable.Range(0, 8).Select(_ => Connect(EchoPort)).ToList();
        foreach (var client in clients) client.Write(200_000, Time);
        Advance(TimeSpan.FromSeconds(30));

        var statistics = Statistics();
        Assert.Equal(1, statistics.TcpExt["TCPMemoryPressures"]);
        Assert.InRange(statistics.Limits["memory"].Used, Small.Pressure, Small.High + clients.Count * (4096 + 64 * 1024));
        Assert.All(clients, client => Assert.Equal(TcpState.Established, client.State));
    }

    [Fact]
    public void Beyond_the_limit_of_memory_connections_are_refused_and_taken_again_when_there_is_room()
    {
        var reads = new TaskCompletionSource();
        StartStack(Settings with { Memory = Small });
        Listen(EchoPort, async (connection, stopping) =>
        {
            await reads.Task.WaitAsync(stopping);
            await Applications.Echo(connection, stopping);
        });
        var clients = Enumerable.Range(0, 12).Select(_ => Connect(EchoPort)).ToList();
        foreach (var client in clients) client.Write(200_000, Time);
        Advance(TimeSpan.FromSeconds(5));

        Peer.Send(Segment("10.0.0.9", 1, EchoPort, TcpFlags.Syn, 1));
        Pump(() => Statistics().Dropped.GetValueOrDefault("OutOfMemory") == 1, "the refusal");
        Assert.True(Statistics().Limits["memory"].Met > 0);

        reads.SetResult();
        PumpInTime(() => clients.TrueForAll(client => client.Received.Count == 200_000), TimeSpan.FromMinutes(5), "the echoes");
        foreach (var client in clients) VerifyEcho(client, 200_000);
        PumpInTime(() => Statistics().Limits["memory"].Used == 0, TimeSpan.FromMinutes(1), "the acknowledgments");
        Connect(EchoPort);
        Assert.Equal(clients.Count + 1, Statistics().Connections);
    }

    [Fact]
    public void Under_pressure_an_application_that_reads_is_served_all_the_same()
    {
        StartStack(Settings with { Memory = Small });
        Listen(EchoPort, Applications.Echo);
        Listen(8, Applications.Idle);
        var idle = Enumerable.Range(0, 4).Select(_ => Connect(8)).ToList();
        foreach (var client in idle) client.Write(200_000, Time);
        Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, Statistics().TcpExt["TCPMemoryPressures"]);

        var echo = Connect(EchoPort);
        echo.Write(300_000, Time);
        PumpInTime(() => echo.Received.Count == 300_000, TimeSpan.FromMinutes(1), "the echo");
        VerifyEcho(echo, 300_000);
    }

    [Fact]
    public void What_moved_counts_where_it_is_and_nothing_is_left_in_the_end()
    {
        StartStack(Settings with { Memory = Small });
        Listen(EchoPort, Applications.Stubborn);
        var client = Connect(EchoPort);
        client.Write(20_000, Time);
        Pump(() => client.Unacknowledged == 0, "the acknowledgment");
        var used = Statistics().Limits["memory"].Used;
        Assert.Equal(20_000 + 64 * 1024, used);

        Offload("1-1");
        Assert.Equal(used, Statistics().Limits["memory"].Used);
        Upload("1-1");
        Assert.Equal(used, Statistics().Limits["memory"].Used);
        client.Abort(Time);
        Pump(() => Statistics().Connections == 0 && Statistics().Limits["memory"].Used == 0,
            "the end of connection and application");
    }

    [Fact]
    public void Failures_that_peers_provoke_fill_no_log()
    {
        StartStack();
        Listen(99, (_, _) => throw new InvalidOperationException("provoked"));
        EventFilter.Exception<InvalidOperationException>().Expect(10, () => Provoke(50));

        Advance(TimeSpan.FromSeconds(2));
        EventFilter.Warning(contains: "40 lines like the next were not written").Expect(1, () => Provoke(1));

        void Provoke(int times)
        {
            var clients = Enumerable.Range(0, times).Select(_ => Peer.Connect(Server, 99)).ToList();
            Pump(() => clients.TrueForAll(client => client.State is TcpState.Closed), "the resets");
        }
    }

    [Fact]
    public void A_limit_is_told_in_the_statistics_and_once_in_a_while_in_the_log()
    {
        StartStack(Settings with { MaximumConnectionsPerSource = 2, MaximumHalfOpenPerSource = 1 });
        Listen(EchoPort, Applications.Echo);
        Connect(EchoPort);
        Peer.Send(Segment("10.0.0.9", 1, EchoPort, TcpFlags.Syn, 1));
        Pump(() => Statistics().HalfOpen == 1, "a half-open one");

        EventFilter.Warning(contains: "limits.connections-per-source").Expect(1, () =>
        {
            for (var i = 0; i < 50; i++) Peer.Send(Segment("10.0.0.9", (ushort)(2 + i), EchoPort, TcpFlags.Syn, 1));
            Pump(() => Statistics().Dropped.GetValueOrDefault("TooManyFromSource") == 50, "the refusals");
        });
        Assert.Equal(new LimitUse(2, 2, 50), Statistics().Limits["connections-per-source"]);
        Assert.Equal(new LimitUse(1, 1, 0), Statistics().Limits["half-open-per-source"]);

        Advance(TimeSpan.FromSeconds(11));
        EventFilter.Warning(contains: "50 SYNs met it").Expect(1, () =>
        {
            Peer.Send(Segment("10.0.0.9", 99, EchoPort, TcpFlags.Syn, 1));
            Pump(() => Statistics().Limits["connections-per-source"].Met == 51, "another");
        });
    }
}
