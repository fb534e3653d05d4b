using ActorStack.Actors.Connections;
using ActorStack.Actors.Loop;
using ActorStack.Actors.Migration;
using ActorStack.Actors.Persistence;
using ActorStack.Transport.Timing;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;

namespace ActorStack.Actors;

/// <summary>
/// One TCP stack: its link, its flows, its listeners and engines. Runs on its loop, as do all actors below it. What can be asked of it
/// is <see cref="StackProtocol"/>.
/// </summary>
public sealed partial class StackActor : UntypedPersistentActor
{
    /// <summary>The dispatcher of a stack that names no other.</summary>
    public const string DefaultDispatcher = "actorstack.loop-dispatcher";

    /// <summary>How often the policy looks at connections that are idle or in an engine.</summary>
    private static readonly TimeSpan PolicyInterval = TimeSpan.FromSeconds(1);

    private readonly StackSettings _settings;
    private readonly TimerNode _timer;
    private EventLoop? _loop;
    private StackContext? _stack;
    private Demultiplexer? _demultiplexer;
    private long _boot;

    /// <summary>Makes the actor of one stack.</summary>
    public StackActor(StackSettings settings)
    {
        _settings = settings;
        _timer = new TimerNode(Self);
        SnapshotPluginId = GroupCommitJournal.SnapshotPluginId;
        PersistenceId = $"stack-{Self.Path.Name}";
    }

    /// <inheritdoc/>
    public override string PersistenceId { get; }

    /// <summary>
    /// A stack takes a dispatcher of type <c>LoopDispatcherConfigurator</c> to itself, which HOCON gives by
    /// <see cref="ActorStackReference.Config"/>.
    /// </summary>
    public static Props Props(StackSettings settings, string dispatcher = DefaultDispatcher) =>
        Akka.Actor.Props.Create<StackActor>(settings).WithDispatcher(dispatcher);

    /// <summary>Logs what failed itself: Akka would do so once more.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        maxNrOfRetries: -1, withinTimeMilliseconds: -1,
        error =>
        {
            Log.Error(error, "{0} failed", Sender.Path.Name);
            return Directive.Stop;
        },
        loggingEnabled: false);

    /// <inheritdoc/>
    protected override void PreStart()
    {
        if (Context.Dispatcher is not LoopDispatcher dispatcher)
            throw new InvalidOperationException($"a stack runs on a LoopDispatcher, not on '{Context.Dispatcher.Id}'");
        _loop = dispatcher.Loop;
        base.PreStart();
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        Shutdown();
        base.PostStop();
    }

    /// <inheritdoc/>
    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case StackEvents.Started started:
                _boot = started.Boot;
                break;
            case RecoveryCompleted:
                Persist(new StackEvents.Started(_boot + 1, _settings.Time.GetUtcNow()), started => Start(started.Boot));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnCommand(object message) =>
        throw new InvalidOperationException($"{message.GetType().Name} before the stack has started");

    /// <summary>The actors are children of children: a context goes to them, never this actor.</summary>
    private void Start(long boot)
    {
        _boot = boot;
        _stack = new StackContext(_settings, boot, Self, Log);
        _demultiplexer = new Demultiplexer(_stack);
        Become(Serving());
        _loop!.Attach(_demultiplexer);
        Context.System.EventStream.Subscribe(Self, typeof(JournalStatus)); // until the actor stops
        ReadJournal();
        if (_settings.Policy.Rules.Count > 0) _stack.Wheel.Schedule(_timer, _stack.Now + PolicyInterval);
    }

    private UntypedReceive Serving() => message =>
    {
        switch (message)
        {
            case StackProtocol.Listen listen:
                Listen(listen.Settings);
                break;
            case StackProtocol.Connect connect:
                Connect(connect.Settings);
                break;
            case StackProtocol.Offload offload:
                ForwardOffload(offload);
                break;
            case StackProtocol.Upload upload:
                ForwardTo(upload.Id, new ConnectionProtocol.Upload(MigrationTrigger.Operator.Instance));
                break;
            case StackProtocol.Stop stop:
                BeginStop(stop.Limit);
                break;
            case TimerFired:
                OnPolicyInterval();
                break;
            default:
                Inform(message);
                break;
        }
    };

    /// <summary>What is answered at any time.</summary>
    private void Inform(object message)
    {
        switch (message)
        {
            case StackProtocol.ListConnections list:
                List(list.Ended);
                break;
            case StackProtocol.GetConnection get:
                ForwardOrRemember(get.Id, ConnectionProtocol.GetSnapshot.Instance, ended => ended.Snapshot!);
                break;
            case StackProtocol.GetMigrations get:
                ForwardOrRemember(get.Id, ConnectionProtocol.GetMigrations.Instance, ended => new StackProtocol.MigrationList(ended.Migrations));
                break;
            case StackProtocol.GetTcpStatistics get:
                ForwardTo(get.Id, ConnectionProtocol.GetTcpStatistics.Instance);
                break;
            case StackProtocol.Trace trace:
                ForwardTo(trace.Id, new ConnectionProtocol.Trace(trace.On));
                break;
            case StackProtocol.ListIdentifiers:
                Sender.Tell(Identifiers());
                break;
            case StackProtocol.GetStatistics:
                Sender.Tell(Statistics());
                break;
            case StackProtocol.WatchLink:
                WatchLink();
                break;
            case LinkFailed failed:
                OnLinkFailed(failed.Error);
                break;
            case ConnectionProtocol.Ended ended:
                OnEnded(ended);
                break;
            case JournalRead read:
                OnJournalRead(read.Histories);
                break;
            case JournalKept kept:
                Log.Debug("{0} rows of ended connections left the journal", kept.Rows);
                break;
            case JournalStatus status:
                OnJournalStatus(status.Failure);
                break;
            case JournalFailed failed:
                Log.Error(failed.Error, "The journal could not be {0}", failed.Doing);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Listen(ListenerSettings settings)
    {
        if (_demultiplexer!.FindService(settings.Port) is { } taken)
        {
            Sender.Tell(new StackProtocol.Failed(
                FailureCode.PortInUse, $"port {settings.Port} is taken by service '{taken.Settings.Name}'; choose another port"));
            return;
        }

        var actor = Context.ActorOf(ListenerActor.Props(_stack!, Context.Dispatcher.Id), $"port-{settings.Port}");
        _demultiplexer.Add(new Service(settings, _stack!, actor));
        Sender.Tell(new StackProtocol.Listening(settings.Name, settings.Port));
    }

    private void OnPolicyInterval()
    {
        foreach (var entry in _stack!.Connections.Values) entry.Actor?.Tell(ConnectionProtocol.PolicyTick.Instance, ActorRefs.NoSender);
        _stack.Wheel.Schedule(_timer, _stack.Now + PolicyInterval);
    }

    private void OnEnded(ConnectionProtocol.Ended ended)
    {
        if (_stack!.Connections.Remove(ended.Id, out var entry) && entry.Actor is { } actor)
            actor.Tell(ConnectionProtocol.Release.Instance, ActorRefs.NoSender);
        if (ended.Snapshot is null) return;
        Remember(ended);
        NoteEnd();
    }
}
