using ActorStack.Tests.Common;
using System.Diagnostics;
using System.IO.Pipelines;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Loop;
using ActorStack.Actors.Migration;
using ActorStack.Tests.Common.Links;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.Links;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Wire;
using Akka.Actor;
using Akka.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace ActorStack.Actors.Tests.Support;

/// <summary>
/// A stack and a peer on an in-memory wire, in virtual time, on loops that the test turns. Time stands still unless the test
/// advances it, so no timer fires by chance; the journal and the applications run on the loops too.
/// </summary>
public abstract class StackTest : Akka.TestKit.Xunit2.TestKit
{
    internal const string Server = "10.9.0.1";
    internal const string ServerIPv6 = "fd00:9::1";
    internal const ushort EchoPort = 7;

    // Akka permits the recovery of each persistent actor on the default dispatcher. It answers within the call here, so that
    // nothing of a test happens on the thread pool while time passes.
    private static readonly Config Configuration = ConfigurationFactory.ParseString("""
        actorstack.loop-dispatcher.mode = manual
        akka.loglevel = WARNING
        akka.actor.serialize-messages = on
        akka.actor.default-dispatcher.type = "Akka.TestKit.CallingThreadDispatcherConfigurator, Akka.TestKit"
        akka.persistence.dispatchers.default-plugin-dispatcher = "actorstack.loop-dispatcher"
        akka.persistence.journal.plugin = "akka.persistence.journal.test"
        akka.persistence.journal.test {
          class = "ActorStack.Actors.Tests.Support.TestJournal, ActorStack.Actors.Tests"
          plugin-dispatcher = "actorstack.loop-dispatcher"
        }
        """).WithFallback(ActorStackReference.Config);

    private IActorRef? _stack;
    private IReadOnlyList<EventLoop>? _loops;

    /// <param name="overrides">HOCON before that of all tests.</param>
    protected StackTest(string overrides = "")
        : this(ConfigurationFactory.ParseString(overrides))
    {
    }

    protected StackTest(Config overrides)
        : base(overrides.WithFallback(Configuration))
    {
        Clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Wire = new InMemoryWire(new InMemoryWireOptions { Seed = 1 }, Clock);
        Peer = new Peer(Wire.Right, Clock);
        Loop = ((LoopDispatcher)Sys.Dispatchers.Lookup(StackActor.DefaultDispatcher)).Loop;
        Engine = new FakeEngine("toe", Wire.Left, Transport.Tcp.TcpSettings.Default, Clock);
    }

    internal FakeTimeProvider Clock { get; }

    internal InMemoryWire Wire { get; set; }

    internal Peer Peer { get; set; }

    /// <summary>The first loop.</summary>
    internal EventLoop Loop { get; }

    /// <summary>All loops of the stack, which are turned one after another.</summary>
    internal virtual IReadOnlyList<EventLoop> Loops => _loops ??= [.. Enumerable.Range(0, LoopCount).Select(FindLoop)];

    /// <summary>How many loops the stack has. With several, every packet comes in by a queue that is not its flow's.</summary>
    protected virtual int LoopCount => 1;

    internal TestJournal.Notes Journal => TestJournal.Of(Sys);

    internal FakeEngine Engine { get; set; }

    internal IActorRef Stack => _stack ?? throw new InvalidOperationException("the stack was not started");

    internal TimeSpan Time => Peer.Now;

    internal StackSettings Settings => new(CreateLink(), [IpAddress.Parse(Server), IpAddress.Parse(ServerIPv6)])
    {
        Engines = [Engine],
        Time = Clock,
        Seed = 1,
        Buffers = ConnectionBufferOptions.Default with
        {
            ApplicationScheduler = PipeScheduler.Inline,
            ReceiveCapacity = 256 * 1024,
        },
    };

    protected override void AfterAll()
    {
        var terminated = Sys.Terminate();
        Pump(() => terminated.IsCompleted, "the system to terminate");
        base.AfterAll();
    }

    internal IActorRef StartStack(StackSettings? settings = null, string name = "stack")
    {
        _stack = Sys.ActorOf(StackActor.Props(settings ?? Settings), name);
        return _stack;
    }

    internal void Listen(ushort port, ConnectionApplication application, int backlog = 1024)
    {
        var settings = new ListenerSettings($"service-{port}", port, application) { Backlog = backlog };
        Assert.Equal(port, Ask<StackProtocol.Listening>(new StackProtocol.Listen(settings)).Port);
    }

    internal PeerConnection StartEcho(StackSettings? settings = null)
    {
        StartStack(settings);
        Listen(EchoPort, Applications.Echo);
        return Connect(EchoPort);
    }

    internal PeerConnection Connect(ushort port, string server = Server, int receiveCapacity = 1 << 20)
    {
        var connection = Peer.Connect(server, port, receiveCapacity);
        Pump(() => connection.State != Transport.State.TcpState.SynSent, "the handshake");
        return connection;
    }

    internal T Ask<T>(object question) => Await<T>(Start(question));

    internal Task<object> Start(object question) => Stack.Ask<object>(question, Patience.Limit);

    internal T Await<T>(Task<object> answer)
    {
        Pump(() => answer.IsCompleted, $"a {typeof(T).Name}");
        return Assert.IsType<T>(answer.Result);
    }

    internal ConnectionSnapshot SingleConnection() =>
        Assert.Single(Ask<StackProtocol.ConnectionList>(new StackProtocol.ListConnections(Ended: false)).Connections);

    internal StackStatistics Statistics() => Ask<StackStatistics>(StackProtocol.GetStatistics.Instance);

    internal IReadOnlyList<MigrationRecord> MigrationsOf(string id) =>
        Ask<StackProtocol.MigrationList>(new StackProtocol.GetMigrations(id)).Migrations;

    internal MigrationRecord Offload(string id) => Ask<MigrationRecord>(new StackProtocol.Offload(id, Engine.Name));

    internal MigrationRecord Upload(string id) => Ask<MigrationRecord>(new StackProtocol.Upload(id));

    /// <summary>The peer writes, and everything comes back.</summary>
    internal void EchoRoundTrip(PeerConnection connection, int count)
    {
        var expected = connection.Received.Count + count;
        connection.Write(count, Time);
        Pump(() => connection.Received.Count >= expected, $"{expected} bytes back, {connection.Received.Count} came");
        VerifyEcho(connection, expected);
    }

    internal static void VerifyEcho(PeerConnection connection, int expected)
    {
        Assert.Equal(expected, connection.Received.Count);
        TestPattern.Verify(connection.Received.ToArray(), 0, salt: 1);
    }

    /// <summary>Turns everything, in standing time, until <paramref name="done"/>.</summary>
    internal void Pump(Func<bool> done, string awaited) => Pump(done, () => awaited);

    /// <inheritdoc cref="Pump(Func{bool}, string)"/>
    internal void Pump(Func<bool> done, Func<string> awaited)
    {
        var stuck = Stopwatch.StartNew();
        while (true)
        {
            if (Turn()) continue;
            if (done()) return;
            if (stuck.Elapsed > Patience.Limit) Assert.Fail($"waited in vain for {awaited()}");
            Loop.Wait(TimeSpan.FromMilliseconds(10));
        }
    }

    /// <summary>Turns everything until nothing is left to do at this time.</summary>
    internal void Settle() => Pump(() => true, "nothing");

    /// <summary>Lets virtual time pass, step by step, so that everything happens at its own time.</summary>
    internal void Advance(TimeSpan time)
    {
        var end = Time + time;
        Settle();
        while (Time < end)
        {
            var next = NextEvent() ?? end;
            if (next > end) next = end;
            Clock.Advance(next > Time ? next - Time : TimeSpan.FromTicks(1));
            Settle();
        }
    }

    /// <summary>As <see cref="Pump(Func{bool}, string)"/>, but lets time pass where nothing else is left to do.</summary>
    internal void PumpInTime(Func<bool> done, TimeSpan limit, string awaited)
    {
        var end = Time + limit;
        while (true)
        {
            Settle();
            if (done()) return;
            if (Time >= end) Assert.Fail($"{limit} passed, waiting in vain for {awaited}");

            // What other threads owe comes before time goes on.
            if (Loop.Wait(TimeSpan.FromMilliseconds(2))) continue;
            var next = NextEvent() ?? end;
            Clock.Advance(next > Time ? next - Time : TimeSpan.FromMilliseconds(1));
        }
    }

    /// <summary>As <see cref="Advance"/>, but waits for what other threads owe before time goes on.</summary>
    internal void Pass(TimeSpan time)
    {
        var end = Time + time;
        while (true)
        {
            Settle();
            if (Loop.Wait(TimeSpan.FromMilliseconds(2))) continue;
            if (Time >= end) return;
            var next = NextEvent() is { } due && due < end ? due : end;
            Clock.Advance(next > Time ? next - Time : TimeSpan.FromTicks(1));
        }
    }

    /// <summary>A TCP segment from an address and port of its own.</summary>
    internal static OutboundSegment Segment(
        string from, ushort fromPort, ushort toPort, TcpFlags flags, uint sequence, uint acknowledgment = 0) => new()
        {
            Flow = new FlowKey(
                new TcpEndpoint(IpAddress.Parse(from), fromPort), new TcpEndpoint(IpAddress.Parse(Server), toPort)),
            Flags = flags,
            Sequence = new SequenceNumber(sequence),
            Acknowledgment = new SequenceNumber(acknowledgment),
            Window = 1000,
            HopLimit = 64,
        };

    /// <summary>The link of a stack with <see cref="LoopCount"/> loops.</summary>
    private ILink CreateLink()
    {
        if (LoopCount == 1) return Wire.Left;
        var link = new MultiQueueLink(Wire.Left, LoopCount);
        link.Route = packet => packet.Kind is PacketKind.Tcp ? (link.Spread.IndexOf(packet.Flow) + 1) % LoopCount : LoopCount - 1;
        return link;
    }

    private EventLoop FindLoop(int index) =>
        ((LoopDispatcher)Sys.Dispatchers.Lookup(LoopDispatchers.IdOf(Sys, StackActor.DefaultDispatcher, index))).Loop;

    internal virtual bool Turn()
    {
        // Applications that run inline must go on inline after an await, not where the test runner would have them.
        SynchronizationContext.SetSynchronizationContext(null);
        var worked = false;
        foreach (var loop in Loops) worked |= loop.RunOnce();
        worked |= Peer.Turn();
        worked |= Engine.Turn();
        return worked;
    }

    internal virtual TimeSpan? NextEvent()
    {
        TimeSpan?[] times =
        [
            .. Loops.Select(loop => loop.UntilNextTimer)
                .Select(left => left == Timeout.InfiniteTimeSpan ? (TimeSpan?)null : Time + left),
            Wire.NextDelivery,
            Peer.NextDeadline,
            Engine.NextDeadline,
        ];
        return times.Min();
    }
}
