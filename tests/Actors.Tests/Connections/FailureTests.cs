using System.IO.Pipelines;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Persistence;
using ActorStack.Actors.Tests.Support;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Options;
using Akka.Actor;

namespace ActorStack.Actors.Tests.Connections;

public class FailureTests : StackTest
{
    [Fact]
    public void An_application_that_throws_resets_its_connection_and_no_other()
    {
        StartStack();
        Listen(EchoPort, Applications.Echo);
        Listen(99, (_, _) => throw new InvalidOperationException("application bug"));
        var bystander = Connect(EchoPort);
        var client = Peer.Connect(Server, 99);

        Pump(() => client.State == TcpState.Closed, "the reset");

        EchoRoundTrip(bystander, 1_000);
        Assert.Equal("aborted: application bug", Ask<ConnectionSnapshot>(new StackProtocol.GetConnection("1-2")).Ended);
    }

    [Fact]
    public void An_application_that_a_cancellation_of_its_own_ends_has_failed_and_resets_its_connection()
    {
        StartStack();
        Listen(99, async (connection, stopping) =>
        {
            await connection.Pipe.Output.WriteAsync(new byte[1_000], stopping);
            throw new TaskCanceledException("upstream timed out");
        });

        EventFilter.Exception<TaskCanceledException>().ExpectOne(() =>
        {
            var client = Peer.Connect(Server, 99);
            Pump(() => client.State == TcpState.Closed, "the reset");
        });

        Assert.Equal("aborted: upstream timed out", Ask<ConnectionSnapshot>(new StackProtocol.GetConnection("1-1")).Ended);
    }

    [Fact]
    public void A_cancellation_by_the_end_of_the_connection_is_no_failure_of_the_application()
    {
        var (input, output) = (new Pipe(), new Pipe());
        var log = new LimitedLog(Sys.Log, Clock);
        var context = new ConnectionContext(
            new FlowEntry(new ConnectionId("1-1"), flow: null!, service: null!), new TestPipe(input.Reader, output.Writer),
            SocketOptions.Default, ActorRefs.Nobody, log);
        var running = context.RunAsync(
            (connection, _) => Task.Delay(Timeout.Infinite, connection.Closed), CancellationToken.None);

        context.Close();

        Pump(() => running.IsCompleted, "the application's end");
        Assert.True(output.Reader.TryRead(out var read)); // would throw what the output was completed with
        Assert.True(read.IsCompleted);
    }

    [Fact]
    public void An_application_that_returns_closes_its_connection_after_the_last_byte()
    {
        StartStack();
        Listen(99, async (connection, stopping) =>
            await connection.Pipe.Output.WriteAsync(TestPattern.Take(0, 300_000, 1), stopping));
        var client = Connect(99);

        Pump(() => client.HasReadAll, "everything");

        VerifyEcho(client, 300_000);
        client.Close(Time);
        Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("closed", Ask<ConnectionSnapshot>(new StackProtocol.GetConnection("1-1")).Ended);
        Assert.Equal("closed", Assert.IsType<ConnectionEvents.Closed>(Journal.Of("1-1")[^1]).Reason);
    }

    [Fact]
    public void The_application_is_told_when_the_peer_resets()
    {
        StartStack();
        Exception? read = null;
        var closed = false;
        Listen(99, async (connection, stopping) =>
        {
            connection.Closed.Register(() => closed = true);
            try
            {
                await connection.Pipe.Input.ReadAsync(stopping);
            }
            catch (Exception error)
            {
                read = error;
                throw;
            }
        });
        var client = Connect(99);

        client.Abort(Time);

        Pump(() => closed, "the end");
        Assert.NotNull(read);
        Assert.Equal("reset by peer", Ask<ConnectionSnapshot>(new StackProtocol.GetConnection("1-1")).Ended);
    }

    [Fact]
    public void Ended_connections_are_remembered_up_to_a_number_newest_first()
    {
        StartStack(Settings with { EndedKept = 3 });
        Listen(EchoPort, Applications.Echo);
        for (var i = 0; i < 5; i++)
        {
            var client = Connect(EchoPort);
            client.Close(Time);
            Pump(() => Statistics().Connections == 0, "the end");
        }

        var ended = Ask<StackProtocol.ConnectionList>(new StackProtocol.ListConnections(Ended: true)).Connections;
        Assert.Equal(["1-5", "1-4", "1-3"], ended.Select(connection => connection.Id));
        Assert.Equal(FailureCode.UnknownConnection, Ask<StackProtocol.Failed>(new StackProtocol.GetMigrations("1-1")).Code);
        Assert.Equal(FailureCode.NotNow, Ask<StackProtocol.Failed>(new StackProtocol.Upload("1-5")).Code);
        Assert.Empty(MigrationsOf("1-5"));
    }

    private sealed record TestPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
