using ActorStack.Actors.Connections;
using ActorStack.Actors.Tests.Support;
using ActorStack.Transport.State;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Connections;

/// <summary>Ports that are opened and closed while the stack runs, and whose connections are accepted one by one.</summary>
public class ListeningTests : StackTest
{
    private const ushort Port = 80;

    [Fact]
    public void A_connection_waits_until_it_is_accepted_and_is_served_then()
    {
        StartStack();
        var port = Open(Port);
        var client = Connect(Port);
        client.Write(5_000, Time);
        Settle();

        Serve(Accept(port));

        Pump(() => client.Received.Count == 5_000, "the echo");
        VerifyEcho(client, 5_000);
    }

    [Fact]
    public void A_port_is_opened_closed_and_opened_again_while_connections_run()
    {
        StartStack();
        var first = Open(Port);
        var early = Connect(Port);
        Serve(Accept(first));
        Close(first);
        Close(first);
        Assert.Equal(TcpState.Closed, Connect(Port).State);
        EchoRoundTrip(early, 1_000);

        var second = Open(Port);
        Close(first); // is not the port of the second
        var late = Connect(Port);
        Serve(Accept(second));
        EchoRoundTrip(late, 1_000);
        EchoRoundTrip(early, 1_000);
    }

    [Fact]
    public void Connections_that_wait_at_the_unbind_can_still_be_accepted_and_then_comes_the_end()
    {
        StartStack();
        var port = Open(Port);
        var client = Connect(Port);
        Close(port);
        Serve(Accept(port));
        EchoRoundTrip(client, 1_000);
        Assert.Null(Await(port.TakeAsync(CancellationToken.None).AsTask()));
    }

    [Fact]
    public void Connections_that_nobody_accepts_are_reset_when_the_listener_is_given_up()
    {
        StartStack();
        var port = Open(Port);
        var client = Connect(Port);
        port.Refuse();
        Pump(() => client.State == TcpState.Closed, "the reset");
        Assert.Equal(1, Peer.ResetsReceived);
    }

    [Fact]
    public void The_backlog_bounds_the_connections_that_nobody_accepts()
    {
        StartStack();
        var port = Open(Port, backlog: 2);
        for (var i = 0; i < 3; i++) Connect(Port); // one more than the backlog, as in Linux
        var late = Peer.Connect(Server, Port);
        Settle();
        Assert.Equal(TcpState.SynSent, late.State);
        Assert.Equal(3L, Statistics().Opened);

        Serve(Accept(port));
        PumpInTime(() => late.State == TcpState.Established, TimeSpan.FromSeconds(10), "the SYN to be sent again");
    }

    [Fact]
    public void A_port_that_the_stack_chooses_is_free()
    {
        StartStack(Settings with { EphemeralPorts = new PortRange(5_000, 5_001) });
        var any = new StackProtocol.Listen(new ListenerSettings("any", 0, Application: null));
        Assert.Equal([5_000, 5_001], Enumerable.Range(0, 2).Select(_ => Ask<StackProtocol.Listening>(any).Port).ToList());
        Assert.Equal(TcpState.Established, Connect(5_001).State);

        var failed = Ask<StackProtocol.Failed>(any);
        Assert.Equal(
            (FailureCode.PortInUse, "all ports of 5000-5001 have listeners (actorstack.ephemeral-ports)"),
            (failed.Code, failed.Message));
    }

    [Fact]
    public void Listeners_of_one_port_may_have_different_addresses()
    {
        StartStack();
        Serve(Open(Port, address: Server));
        var refused = Connect(Port, ServerIPv6);
        Assert.Equal(TcpState.Closed, refused.State);

        Serve(Open(Port, address: ServerIPv6));
        EchoRoundTrip(Connect(Port), 1_000);
        EchoRoundTrip(Connect(Port, ServerIPv6), 1_000);

        var all = Ask<StackProtocol.Failed>(new StackProtocol.Listen(new ListenerSettings("all", Port, Applications.Echo)));
        Assert.Equal(FailureCode.PortInUse, all.Code);
        var foreign = Ask<StackProtocol.Failed>(new StackProtocol.Listen(
            new ListenerSettings("foreign", 99, Applications.Echo) { Address = IpAddress.Parse("10.9.0.77") }));
        Assert.Equal((FailureCode.UnknownAddress, "the stack has no address 10.9.0.77"), (foreign.Code, foreign.Message));
    }

    [Fact]
    public void The_input_of_a_connection_is_known_to_have_ended_without_a_read()
    {
        StartStack();
        var port = Open(Port);
        var client = Connect(Port);
        var connection = Accept(port);
        var ended = connection.InputEnded;
        client.Write(1_000, Time);
        Settle();
        Assert.False(ended.IsCancellationRequested);
        client.Close(Time);
        Pump(() => ended.IsCancellationRequested, "the FIN");
        Assert.False(connection.Closed.IsCancellationRequested);
        Assert.True(connection.InputEnded.IsCancellationRequested);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_abort_sends_a_reset_wherever_the_connection_runs(bool isOffloaded)
    {
        StartStack();
        var port = Open(Port);
        var client = Connect(Port);
        var connection = Accept(port);
        Assert.Equal("software", connection.RunsOn);
        if (isOffloaded)
        {
            Offload(connection.Id.Value);
            Assert.Equal(Engine.Name, connection.RunsOn);
        }

        var reading = connection.Pipe.Input.ReadAsync().AsTask();
        connection.Abort("enough");

        Pump(() => client.State == TcpState.Closed && reading.IsCompleted, "the reset");
        Assert.Equal(1, Peer.ResetsReceived);
        var error = Assert.IsType<IOException>(reading.Exception!.InnerException);
        Assert.Contains("enough", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stop_ends_the_wait_for_connections()
    {
        StartStack();
        var taken = Open(Port).TakeAsync(CancellationToken.None).AsTask();
        var stopped = Start(new StackProtocol.Stop(TimeSpan.FromSeconds(10)));
        Pump(() => stopped.IsCompleted, "the stop");
        Assert.Null(Await(taken));
    }

    private AcceptedConnections Open(ushort port, int backlog = 1024, string? address = null) =>
        Ask<StackProtocol.Listening>(new StackProtocol.Listen(new ListenerSettings($"port-{port}", port, Application: null)
        {
            Backlog = backlog,
            Address = address is null ? null : IpAddress.Parse(address),
        })).Accepted!;

    private void Close(AcceptedConnections port) => Ask<StackProtocol.Unbound>(new StackProtocol.Unbind(port));

    private IConnectionContext Accept(AcceptedConnections port) => Await(port.TakeAsync(CancellationToken.None).AsTask())!;

    private IConnectionContext? Await(Task<IConnectionContext?> taken)
    {
        Pump(() => taken.IsCompleted, "a connection or the end");
        return taken.Result;
    }

    /// <summary>Echoes on every connection that is accepted from now on.</summary>
    private static async void Serve(AcceptedConnections port)
    {
        while (await port.TakeAsync(CancellationToken.None) is { } connection) Serve(connection);
    }

    private static void Serve(IConnectionContext connection) => _ = Applications.Echo(connection, CancellationToken.None);
}
