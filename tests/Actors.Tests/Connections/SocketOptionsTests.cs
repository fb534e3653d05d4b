using ActorStack.Actors.Connections;
using ActorStack.Actors.Tests.Support;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Connections;

/// <summary>Options of a listener and of a connection that lives, wherever it runs.</summary>
public sealed class SocketOptionsTests : StackTest
{
    private IConnectionContext? _context;

    [Fact]
    public void Each_listener_has_options_of_its_own()
    {
        StartStack();
        Listen(EchoPort, new SocketOptions { HopLimit = 9 });
        Listen(EchoPort + 1, new SocketOptions { HopLimit = 10, MaximumSegmentSize = 700 });
        foreach (var port in (ushort[])[EchoPort, EchoPort + 1]) Connect(port);
        Assert.Equal([1460, 700],
            Peer.Segments.Where(segment => segment.Has(TcpFlags.Syn)).Select(segment => (int)segment.Options.MaximumSegmentSize));
    }

    [Fact]
    public void What_the_application_sets_is_in_force_before_what_it_writes_then()
    {
        var client = Start();
        Peer.Payloads.Clear();
        Write(client, 10_000);
        Assert.Equal(1_448, Peer.Payloads.Max());
        Peer.Payloads.Clear();
        _context!.Options = _context.Options with { MaximumSegmentSize = 500 };
        Write(client, 10_000);
        Assert.Equal(500, _context.Options.MaximumSegmentSize);
        Assert.Equal(488, Peer.Payloads.Max()); // with a timestamp
    }

    [Fact]
    public void Options_go_into_an_engine_are_changed_there_and_come_back()
    {
        var client = Start();
        _context!.Options = _context.Options with { MaximumSegmentSize = 700 };
        Offload("1-1");
        Assert.Equal(700, Engine.Single.Initial.Options.MaximumSegmentSize);
        Peer.Payloads.Clear();
        Write(client, 10_000);
        Assert.Equal(688, Peer.Payloads.Max());

        _context.Options = _context.Options with { MaximumSegmentSize = 600 };
        Peer.Payloads.Clear();
        Write(client, 10_000);
        Assert.Equal(588, Peer.Payloads.Max());

        Upload("1-1");
        Peer.Payloads.Clear();
        Write(client, 10_000);
        Assert.Equal(588, Peer.Payloads.Max());
    }

    [Fact]
    public void Options_set_in_the_middle_of_a_move_are_those_of_the_new_owner()
    {
        var client = Start();
        Engine.OnInitiate = FakeEngine.Answer.WhenTold;
        var moving = Start(new StackProtocol.Offload("1-1", Engine.Name));
        Pump(() => Engine.Count == 1, "the engine to be asked");
        _context!.Options = _context.Options with { MaximumSegmentSize = 600 };
        Settle();
        Engine.Single.AnswerInitiate();
        Await<Actors.Migration.MigrationRecord>(moving);
        Assert.Contains("Update", Engine.Calls);
        Peer.Payloads.Clear();
        Write(client, 10_000);
        Assert.Equal(588, Peer.Payloads.Max());
    }

    [Fact]
    public void An_application_that_returns_and_lingers_for_no_time_resets_its_connection()
    {
        StartStack();
        var done = new TaskCompletionSource();
        Listen(EchoPort, new SocketOptions { Linger = TimeSpan.Zero }, (_, _) => done.Task);
        var client = Connect(EchoPort);
        Settle();
        done.SetResult();
        Pump(() => client.State == TcpState.Closed, "the reset");
        Assert.Equal(1, Peer.ResetsReceived);
        Assert.DoesNotContain(Peer.Segments, segment => segment.Has(TcpFlags.Fin));
        Assert.Equal(1, Statistics().TcpExt["TCPAbortOnLinger"]);
    }

    [Fact]
    public void A_deferred_application_sees_only_connections_with_data_TCP_DEFER_ACCEPT()
    {
        StartStack();
        var begun = 0;
        Listen(EchoPort, new SocketOptions { DeferAccept = TimeSpan.FromSeconds(5) }, (connection, stopping) =>
        {
            begun++;
            return Applications.Echo(connection, stopping);
        });
        var (talker, mute) = (Connect(EchoPort), Connect(EchoPort));
        Settle();
        Assert.Equal((0, 2), (begun, Statistics().HalfOpen));
        EchoRoundTrip(talker, 1_000);
        Assert.Equal((1, 1), (begun, Statistics().HalfOpen));
        Advance(TimeSpan.FromSeconds(5));
        Assert.Equal((2, 0), (begun, Statistics().HalfOpen));
        EchoRoundTrip(mute, 1_000);
    }

    private PeerConnection Start()
    {
        StartStack();
        Listen(EchoPort, SocketOptions.Default, (context, stopping) =>
        {
            _context = context;
            return Applications.Idle(context, stopping);
        });
        var client = Connect(EchoPort);
        Pump(() => _context is not null, "the application");
        return client;
    }

    private void Listen(ushort port, SocketOptions options, ConnectionApplication? application = null) =>
        Ask<StackProtocol.Listening>(new StackProtocol.Listen(
            new ListenerSettings($"service-{port}", port, application ?? Applications.Echo) { Options = options }));

    private void Write(PeerConnection client, int count)
    {
        var expected = client.Received.Count + count;
        _ = _context!.Pipe.Output.WriteAsync(new byte[count]).AsTask();
        Pump(() => client.Received.Count == expected, "what was written");
    }
}
