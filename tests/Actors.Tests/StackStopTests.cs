using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using ActorStack.Actors.Persistence;
using ActorStack.Actors.Tests.Support;
using ActorStack.Tests.Common;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;
using Akka.Actor;

namespace ActorStack.Actors.Tests;

public class StackStopTests : StackTest
{
    [Fact]
    public void A_stop_without_connections_closes_link_and_engines_at_once()
    {
        StartStack();
        Listen(EchoPort, Applications.Echo);

        Assert.Equal(
            new StackProtocol.Stopped(0, 0), Ask<StackProtocol.Stopped>(new StackProtocol.Stop(TimeSpan.FromSeconds(5))));

        Assert.True(Engine.IsDisposed);
        Pump(
            () => Stack.Ask<ActorIdentity>(new Identify(1), Patience.Limit)
                is { IsCompletedSuccessfully: true, Result.Subject: null },
            "the actor to be gone");
    }

    [Fact]
    public void Applications_are_asked_to_end_and_the_peer_gets_a_fin_not_a_reset()
    {
        var client = StartEcho();
        EchoRoundTrip(client, 5_000);

        var stop = Start(new StackProtocol.Stop(TimeSpan.FromSeconds(5)));
        Pump(() => client.HasReadAll, "the FIN");
        client.Close(Time);

        Assert.Equal(new StackProtocol.Stopped(1, 0), Await<StackProtocol.Stopped>(stop));
        Assert.Equal(0, Peer.ResetsReceived);
        Assert.Equal("closed", Assert.IsType<ConnectionEvents.Closed>(Journal.Of("1-1")[^1]).Reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Bytes_that_a_stop_left_unread_do_not_keep_from_the_peer_what_was_written(bool offloaded)
    {
        const int written = 1_500_000;
        StartStack();
        Listen(EchoPort, async (connection, stopping) =>
        {
            await connection.Pipe.Output.WriteAsync(new byte[written], stopping);
            await Task.Delay(Timeout.Infinite, stopping);
        });
        var client = Connect(EchoPort);
        if (offloaded) Offload("1-1");
        client.IsReading = false;
        client.Write(20_000, Time);
        Settle();

        var stop = Start(new StackProtocol.Stop(TimeSpan.FromSeconds(5)));
        Settle();
        client.Write(20_000, Time);
        Settle();
        client.IsReading = true;
        Pump(() => client.HasReadAll, "the FIN");
        Assert.Equal(written, client.Received.Count);
        client.Close(Time);

        Assert.Equal(new StackProtocol.Stopped(1, 0), Await<StackProtocol.Stopped>(stop));
        Assert.Equal((0, 0), (Peer.ResetsReceived, client.Unacknowledged));
    }

    [Fact]
    public void Engines_give_back_before_the_connection_closes()
    {
        var client = StartEcho();
        Offload("1-1");

        var stop = Start(new StackProtocol.Stop(TimeSpan.FromSeconds(5)));
        Pump(() => client.HasReadAll, "the FIN");
        client.Close(Time);

        Assert.Equal(new StackProtocol.Stopped(1, 0), Await<StackProtocol.Stopped>(stop));
        Assert.Contains(nameof(IOffloadEngine.Terminate), Engine.Calls);
        Assert.Equal(0, Peer.ResetsReceived);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_left_at_the_limit_is_reset(bool offloaded)
    {
        StartStack();
        Listen(EchoPort, Applications.Stubborn);
        var client = Connect(EchoPort);
        if (offloaded) Offload("1-1");

        var stop = Start(new StackProtocol.Stop(TimeSpan.FromSeconds(5)));
        Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(TcpState.Established, client.State);
        Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal(new StackProtocol.Stopped(0, 1), Await<StackProtocol.Stopped>(stop));
        Assert.Equal(TcpState.Closed, client.State);
        Assert.Equal("aborted: the service stops", Assert.IsType<ConnectionEvents.Closed>(Journal.Of("1-1")[^1]).Reason);
    }

    [Fact]
    public void Half_open_connections_are_given_up_and_new_ones_refused()
    {
        StartStack();
        Listen(EchoPort, Applications.Stubborn);
        var holding = Connect(EchoPort);
        Peer.Send(Segment("10.0.0.9", 1, EchoPort, Transport.Wire.TcpFlags.Syn, 1));
        Settle();

        var stop = Start(new StackProtocol.Stop(TimeSpan.FromSeconds(5)));
        Pump(() => Statistics().Connections == 1, "the half-open one to go");
        var refused = Peer.Connect(Server, EchoPort);
        Pump(() => refused.State == TcpState.Closed, "the refusal");
        Assert.Equal(FailureCode.Stopping, Ask<StackProtocol.Failed>(new StackProtocol.Offload("1-2", "toe")).Code);
        Assert.Equal(FailureCode.Stopping,
            Ask<StackProtocol.Failed>(new StackProtocol.Listen(new ListenerSettings("late", 99, Applications.Echo))).Code);

        Advance(TimeSpan.FromSeconds(6));
        Await<StackProtocol.Stopped>(stop);
        Assert.Equal(TcpState.Closed, holding.State);
    }

    [Fact]
    public void Time_wait_does_not_hold_up_the_stop()
    {
        StartStack();
        Listen(EchoPort, (_, _) => Task.CompletedTask);
        var client = Connect(EchoPort);
        Pump(() => client.HasReadAll, "the server's FIN");
        client.Close(Time);
        Pump(() => Statistics().TimeWaits == 1, "TIME-WAIT");
        Assert.Equal(FailureCode.NotNow, Ask<StackProtocol.Failed>(new StackProtocol.Offload("1-1", "toe")).Code);

        Assert.Equal(
            new StackProtocol.Stopped(0, 0), Ask<StackProtocol.Stopped>(new StackProtocol.Stop(TimeSpan.FromSeconds(5))));
    }

    [Fact]
    public void A_migration_under_way_does_not_hold_up_the_stop()
    {
        var client = StartEcho();
        Engine.OnInitiate = FakeEngine.Answer.Never;
        var offload = Start(new StackProtocol.Offload("1-1", "toe"));
        Pump(() => Engine.Count == 1, "the freeze");

        var stop = Start(new StackProtocol.Stop(TimeSpan.FromSeconds(5)));
        Assert.Equal((MigrationOutcome.RolledBack, "the service stops"),
            Await<MigrationRecord>(offload) is var record ? (record.Outcome, record.Detail) : default);
        Pump(() => client.HasReadAll, "the FIN");
        client.Close(Time);

        Await<StackProtocol.Stopped>(stop);
    }

    [Fact]
    public void A_system_that_goes_down_without_asking_resets_the_peers_and_closes_everything()
    {
        var software = StartEcho();
        var offloaded = Connect(EchoPort);
        Offload("1-2");

        var terminated = Sys.Terminate();
        Pump(() => terminated.IsCompleted, "the end");

        Pump(() => software.State == TcpState.Closed, "the reset");
        Assert.Contains(nameof(IOffloadEngine.Invalidate), Engine.Calls);
        Assert.True(Engine.IsDisposed);
        Assert.Equal(TcpState.Established, offloaded.State);
    }
}
