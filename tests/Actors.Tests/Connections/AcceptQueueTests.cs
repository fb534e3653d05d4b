using ActorStack.Actors.Connections;
using ActorStack.Actors.Tests.Support;
using ActorStack.Transport.State;

namespace ActorStack.Actors.Tests.Connections;

/// <summary>Established connections that wait for their application: the backlog of listen(2), full as Linux's is full.</summary>
public class AcceptQueueTests : StackTest
{
    private readonly Queue<TaskCompletionSource> _running = new();

    [Fact]
    public void No_more_applications_run_at_once_than_may()
    {
        Serve(backlog: 10, concurrency: 2);
        var clients = Enumerable.Range(0, 5).Select(_ => Connect(EchoPort)).ToList();
        Pump(() => Statistics().Opened == 5, "five");
        Assert.Equal((2, 5L), (_running.Count, Statistics().Opened));
        clients[3].Write(1_000, Time);
        EndOne();
        EndOne();
        Assert.Equal(2, _running.Count);
        EndOne();
        EndOne();
        EndOne();
        Assert.All(clients, client => Assert.Equal(TcpState.CloseWait, client.State));
        Assert.Equal(0, Peer.ResetsReceived);
    }

    [Fact]
    public void A_full_backlog_drops_the_last_acknowledgment_and_the_connection_is_there_when_there_is_room()
    {
        Serve(backlog: 1, concurrency: 1);
        Connect(EchoPort);
        Connect(EchoPort);
        Pump(() => Statistics().Opened == 2, "two");
        Peer.IsDeaf = true;
        var late = Peer.Connect(Server, EchoPort);
        Pump(() => Statistics().HalfOpen == 1 && Peer.Ignored > 0, "its SYN");
        Peer.IsDeaf = false;
        Connect(EchoPort);
        Pump(() => Statistics().Opened == 3, "the third");
        Assert.Equal((1, 3L), (_running.Count, Statistics().Opened));

        // The queue is full: one runs, one more than the backlog waits. The handshake of the late one cannot end.
        Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal(TcpState.Established, late.State);
        Assert.Equal((3L, 1), Statistics() is var full ? (full.Opened, full.HalfOpen) : default);
        Assert.True(
            full.TcpExt["ListenOverflows"] >= 1 && full.TcpExt["ListenDrops"] >= 1 && full.Dropped["AcceptQueueFull"] >= 1);

        late.Write(5_000, Time);
        EndOne();
        PumpInTime(() => Statistics().Opened == 4, TimeSpan.FromSeconds(30), "the last acknowledgment or the data");
        while (_running.Count > 0) EndOne();
        PumpInTime(() => late.HasReadAll, TimeSpan.FromSeconds(30), "its application");
        Assert.Equal(0, Peer.ResetsReceived);
    }

    [Fact]
    public void A_full_backlog_drops_SYNs_and_the_peer_sends_them_again()
    {
        Serve(backlog: 0, concurrency: 1);
        Connect(EchoPort);
        Connect(EchoPort);
        Pump(() => Statistics().Opened == 2, "two");
        var late = Peer.Connect(Server, EchoPort);
        Settle();
        Assert.Equal(TcpState.SynSent, late.State);
        Assert.Equal((1L, 2), Statistics() is var full ? (full.TcpExt["ListenDrops"], full.Connections) : default);
        EndOne();
        PumpInTime(() => late.State == TcpState.Established, TimeSpan.FromSeconds(10), "the SYN to be sent again");
    }

    [Fact]
    public void A_connection_that_ends_before_its_application_began_is_shown_to_it_all_the_same()
    {
        Serve(backlog: 10, concurrency: 1);
        Connect(EchoPort);
        var second = Connect(EchoPort);
        Pump(() => Statistics().Opened == 2, "two");
        second.Abort(Time);
        Pump(() => Statistics().Connections == 1, "its end");
        EndOne();
        Assert.Single(_running);
        EndOne();
        Assert.Empty(_running);
    }

    private void Serve(int backlog, int concurrency)
    {
        StartStack();
        var settings = new ListenerSettings("counted", EchoPort, async (connection, _) =>
        {
            var end = new TaskCompletionSource();
            _running.Enqueue(end);
            await end.Task;
            if (connection.Pipe.Input.TryRead(out var read)) connection.Pipe.Input.AdvanceTo(read.Buffer.End);
        })
        {
            Backlog = backlog,
            Concurrency = concurrency,
        };
        Ask<StackProtocol.Listening>(new StackProtocol.Listen(settings));
    }

    private void EndOne()
    {
        _running.Dequeue().SetResult();
        Settle();
    }
}
