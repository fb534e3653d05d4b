using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using ActorStack.Actors.Tests.Support;
using ActorStack.Tests.Common.Links;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Loops;

/// <summary>A stack of two loops, each packet by the queue of the wrong one.</summary>
public sealed class LoopsTests : StackTest
{
    protected override int LoopCount => 2;

    [Fact]
    public void Connections_run_on_both_loops_and_each_is_found_by_its_id()
    {
        const int Count = 40;
        StartStack();
        Listen(EchoPort, Applications.Echo);
        var clients = Enumerable.Range(0, Count).Select(_ => Connect(EchoPort)).ToList();
        foreach (var client in clients) EchoRoundTrip(client, 1_000);

        var connections = Ask<StackProtocol.ConnectionList>(new StackProtocol.ListConnections(Ended: false)).Connections;
        Assert.Equal(Enumerable.Range(1, Count).Select(number => $"1-{number}"), connections.Select(connection => connection.Id));
        Assert.All(connections, connection =>
            Assert.Equal(connection.Remote, Ask<ConnectionSnapshot>(new StackProtocol.GetConnection(connection.Id)).Remote));
        var statistics = Statistics();
        Assert.Equal(
            (2, Count, Count, Count),
            (statistics.Loops, statistics.Connections, statistics.Opened, statistics.ByOwner["software"]));
        Assert.Equal((Count * 1_000L, Count * 1_000L), (statistics.BytesReceived, statistics.BytesSent));
        Assert.True(statistics.HandedOver > 0);
        Assert.Empty(statistics.Dropped);
        Assert.Equal(2, connections.Select(LoopOf).Distinct().Count());
    }

    [Fact]
    public void A_thousand_connections_over_two_loops_move_there_and_back_under_load()
    {
        const int Count = 1_000;
        StartStack();
        Listen(EchoPort, Applications.Echo);
        var clients = Enumerable.Range(0, Count).Select(_ => Connect(EchoPort)).ToList();
        string[] ids = [.. Enumerable.Range(1, Count).Select(number => $"1-{number}")];

        foreach (var client in clients) client.Write(3_000, Time);
        MoveAll(id => new StackProtocol.Offload(id, Engine.Name), MigrationOutcome.Completed);
        Assert.Equal(Count, Statistics().ByOwner[Engine.Name]);
        foreach (var client in clients) client.Write(3_000, Time);
        MoveAll(id => new StackProtocol.Upload(id), MigrationOutcome.Completed);
        foreach (var client in clients) client.Write(3_000, Time);
        Pump(() => clients.TrueForAll(client => client.Received.Count == 9_000), "all bytes back");

        Assert.All(clients, client => VerifyEcho(client, 9_000));
        Assert.Equal((0, 0, Count), (Peer.ResetsReceived, Statistics().ResetsSent, Statistics().ByOwner["software"]));
        Assert.Empty(Statistics().Dropped);

        void MoveAll(Func<string, object> order, MigrationOutcome outcome)
        {
            var moves = ids.Select(id => Start(order(id))).ToList();
            Pump(() => moves.TrueForAll(move => move.IsCompleted), "the moves");
            Assert.All(moves, move => Assert.Equal(outcome, Assert.IsType<MigrationRecord>(move.Result).Outcome));
        }
    }

    [Fact]
    public void A_loop_that_does_not_keep_up_loses_what_is_handed_to_it_and_that_is_counted()
    {
        const int Beyond = 30;
        StartStack();
        Listen(EchoPort, Applications.Echo);
        var spread = new MultiQueueLink(Wire.Left, LoopCount).Spread;
        var syns = Enumerable.Range(1_000, 2_000).Select(port => Segment("10.0.0.9", (ushort)port, EchoPort, TcpFlags.Syn, 1))
            .Where(syn => spread.IndexOf(syn.Flow) == 1).Take(HandOverQueue.Capacity + Beyond);
        foreach (var syn in syns) Peer.Send(syn);

        while (Loops[0].RunOnce())
        {
        }

        Settle();
        Assert.Equal(Beyond, Statistics().Dropped["HandOverFull"]);
        Assert.Equal(HandOverQueue.Capacity, Statistics().Connections);
    }

    [Fact]
    public void An_engine_takes_no_frames_off_the_wire_before_every_queue_was_drained()
    {
        var client = StartEcho();
        EchoRoundTrip(client, 100_000); // the peer's window has room for all that follows
        var owner = Loops[LoopOf(SingleConnection())];
        Engine.OnInitiate = FakeEngine.Answer.WhenTold;
        var offload = Start(new StackProtocol.Offload("1-1", Engine.Name));
        Pump(() => Engine.Count == 1, "the freeze");
        client.Write(20_000, Time);
        Peer.Turn();
        Engine.Single.AnswerInitiate();

        // The frames are in the other loop's queue, which does not read them yet.
        while (owner.RunOnce())
        {
        }

        Assert.Equal(nameof(IOffloadEngine.Activate), Engine.Calls[^1]);
        Await<MigrationRecord>(offload);
        Pump(() => client.Received.Count == 120_000, "everything back");

        VerifyEcho(client, 120_000);
        Assert.True(Engine.Calls.LastIndexOf(nameof(IOffloadEngine.Forward)) > 0);
        var engaged = Engine.Calls.IndexOf(nameof(IOffloadEngine.Engage));
        Assert.Equal(14, Engine.Calls.Take(engaged).Count(call => call == nameof(IOffloadEngine.Forward))); // of 1,448 bytes
        Assert.Equal(0, client.Tcp.Info.Retransmissions);
    }

    [Fact]
    public void A_loop_that_stops_by_itself_takes_the_stack_with_it()
    {
        StartStack();
        Listen(EchoPort, Applications.Echo);
        Watch(Stack);
        Sys.ActorSelection(Stack.Path / "loop-1").Tell(Akka.Actor.PoisonPill.Instance);
        Pump(() => Engine.IsDisposed, "the end of the stack");
        ExpectTerminated(Stack);
    }

    private int LoopOf(ConnectionSnapshot connection)
    {
        var flow = new FlowKey(EndpointOf(connection.Local), EndpointOf(connection.Remote));
        return new MultiQueueLink(Wire.Left, LoopCount).Spread.IndexOf(flow);
    }

    private static TcpEndpoint EndpointOf(string text)
    {
        var parsed = System.Net.IPEndPoint.Parse(text);
        return new TcpEndpoint(IpAddress.From(parsed.Address), (ushort)parsed.Port);
    }
}
