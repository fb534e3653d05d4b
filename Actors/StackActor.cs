using ActorStack.Actors.Cluster;
using ActorStack.Actors.Cluster.Local;
using ActorStack.Actors.Cluster.Queries;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Loop;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Actors.Persistence;
using ActorStack.Transport.Timing;
using ActorStack.Transport.Wire;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;

namespace ActorStack.Actors;

/// <summary>
/// One TCP stack: its link, its services and engines, and its loops, which are the actors below it. The actor runs on the first
/// loop. Its messages are in <see cref="StackProtocol"/>.
/// </summary>
public sealed partial class StackActor : UntypedPersistentActor
{
    /// <summary>The dispatcher of a stack whose configuration names no other.</summary>
    public const string DefaultDispatcher = "actorstack.loop-dispatcher";

    /// <summary>The interval at which the policy checks idle and offloaded connections.</summary>
    private static readonly TimeSpan PolicyInterval = TimeSpan.FromSeconds(1);

    private readonly StackSettings _settings;
    private readonly TimerNode _timer;
    private IReadOnlyList<IActorRef> _loops = [];
    private StackShared? _stack;
    private TimerWheel? _wheel;
    private uint _nextLoop;
    private long _boot;

    /// <summary>The Props of one stack's actor.</summary>
    public StackActor(StackSettings settings)
    {
        _settings = settings;
        _timer = new TimerNode(Self);
        SnapshotPluginId = GroupCommitJournal.SnapshotPluginId;
        PersistenceId = settings.Journal is { IsShared: true }
            ? $"stack-{Self.Path.Name}-{settings.Node}"
            : $"stack-{Self.Path.Name}";
    }

    /// <inheritdoc/>
    public override string PersistenceId { get; }

    /// <summary>
    /// The dispatcher must be of type <c>LoopDispatcherConfigurator</c>, which <see cref="ActorStackReference.Config"/>
    /// configures, and belongs to this stack alone. The first loop uses it, and the dispatchers of the other loops are copies
    /// of it.
    /// </summary>
    public static Props Props(StackSettings settings, string dispatcher = DefaultDispatcher) =>
        Akka.Actor.Props.Create<StackActor>(settings).WithDispatcher(dispatcher);

    /// <summary>Stops a failed child. The error is logged here, so Akka's own logging is off.</summary>
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
        if (Context.Dispatcher is not LoopDispatcher)
            throw new InvalidOperationException($"a stack runs on a LoopDispatcher, not on '{Context.Dispatcher.Id}'");
        base.PreStart();
    }

    /// <summary>
    /// Runs after the loops and all connections have stopped, so that no actor uses the link or the engines any more.
    /// </summary>
    protected override void PostStop()
    {
        Shutdown();
        foreach (var requester in _stopRequesters) requester.Tell(Stopped());
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
                var next = Math.Max(_boot + 1, _settings.LeastIncarnation);
                Persist(new StackEvents.Started(next, _settings.Time.GetUtcNow()), started => Start(started.Boot));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnCommand(object message) =>
        throw new InvalidOperationException($"{message.GetType().Name} before the stack has started");

    /// <summary>Starts the loops. The actors below get a context, and never this object.</summary>
    private void Start(long boot)
    {
        _boot = boot;
        _stack = new StackShared(_settings, _settings.Incarnation ?? boot, Self, Log);
        var contexts = Enumerable.Range(0, _stack.Queues.Count).Select(CreateLoop).ToList();
        _wheel = contexts[0].Wheel; // the wheel of this actor's loop
        Become(Serving());
        _loops = [.. contexts.Select(StartLoop)];
        Context.System.EventStream.Subscribe(Self, typeof(JournalStatus)); // ends when the actor stops
        ReadJournal();
        if (_settings.Forwarder is SteeringForwarder forwarder) forwarder.Log = Log;
        if (_settings.Forwarder is DeviceForwarder devices) devices.Log = Log;
        if (_settings.Cluster is LocalNodeNetwork processes) processes.Log = Log;
        _stack.Cluster?.Attach(new HandoffRouter(_stack, _stack.Cluster, Self));
        _stack.Cluster?.Attach(new ConnectionQueryRouter(Self));
        if (_stack.Cluster is { IsCluster: true }) WarmUp(_stack, ActorRefs.Nobody);
        StartBalancing();
        if (_settings.Policy.Rules.Count > 0) _wheel.Schedule(_timer, _stack.Now + PolicyInterval);
    }

    private LoopContext CreateLoop(int index) =>
        new(_stack!, index, JournalFronts.IdOf(Context.System, Context.Dispatcher.Id, index));

    private void WarmUp(StackShared stack, IActorRef requester) => Task.Run(() => HandoffWarmUp.RunAsync(stack)).ContinueWith(
        ended =>
        {
            if (ended.Exception is { } failure)
                Log.Error(failure, "The path of a handoff could not be tried out; the first handoff may be slow");
            requester.Tell(WarmUpHandoff.Instance, ActorRefs.NoSender);
        },
        CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    private IActorRef StartLoop(LoopContext context)
    {
        var dispatcher = LoopDispatchers.IdOf(Context.System, Context.Dispatcher.Id, context.Index);
        return Context.Watch(Context.ActorOf(LoopActor.Props(context, dispatcher), $"loop-{context.Index}"));
    }

    /// <summary>Lets the path of a handoff be compiled before the first one. Answer: the same, when that is done.</summary>
    internal sealed class WarmUpHandoff : INoSerializationVerificationNeeded
    {
        public static WarmUpHandoff Instance { get; } = new();
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
            case LoopProtocol.Connect connect:
                Forward(connect);
                break;
            case LoopProtocol.Arrive arrive:
                _loops[_stack!.Host.Spread.IndexOf(arrive.Flow)].Tell(arrive);
                break;
            case StackProtocol.Drain drain:
                Drain(drain);
                break;
            case StackProtocol.Balance balance:
                GiveShares(balance);
                break;
            case StackProtocol.Give give:
                Give(give);
                break;
            case LoopProtocol.GetFlows:
                Sender.Tell(Flows());
                break;
            case LoopProtocol.ExportTimeWaits export:
                AskLoops<LoopProtocol.TimeWaits>(
                    export, loops => new LoopProtocol.TimeWaits([.. loops.SelectMany(loop => loop.Entries)]), patience: null);
                break;
            case LoopProtocol.TimeWaits { Entries: var entries }:
                foreach (var part in entries.GroupBy(entry => _stack!.Host.Spread.IndexOf(entry.Flow)))
                    _loops[part.Key].Tell(new LoopProtocol.TimeWaits([.. part]));
                break;
            case LoopProtocol.Settle settle:
                foreach (var loop in _loops) loop.Tell(settle);
                break;
            case WarmUpHandoff:
                WarmUp(_stack!, Sender);
                break;
            case StackProtocol.Stop stop:
                BeginStop(stop);
                break;
            case TimerFired:
                OnPolicyInterval();
                break;
            default:
                Inform(message);
                break;
        }
    };

    /// <summary>Handles messages that are answered in every state.</summary>
    private void Inform(object message)
    {
        switch (message)
        {
            case StackProtocol.ListConnections list:
                List(list.Ended);
                break;
            case StackProtocol.ListClusterConnections:
                ListCluster();
                break;
            case ConnectionQueryRouter.Told told:
                OnNodeTold(told);
                break;
            case PageCollected collected:
                OnPageCollected(collected);
                break;
            case StackProtocol.ConnectionRequest request:
                Route(request);
                break;
            case StackProtocol.Unbind unbind:
                Unbind(unbind.Accepted);
                break;
            case StackProtocol.ListIdentifiers:
                Sender.Tell(Identifiers());
                break;
            case StackProtocol.GetStatistics:
                CollectStatistics();
                break;
            case StackProtocol.WatchLink:
                WatchLink();
                break;
            case LinkFailed failed:
                OnLinkFailed(failed.Error);
                break;
            case Terminated { ActorRef: var loop }:
                OnLoopStopped(loop);
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

    /// <summary>
    /// Opens a connection on the loop that the flow belongs to. Where the stack chooses the local port, the loops take turns,
    /// and each chooses a port that makes the flow its own.
    /// </summary>
    private void Connect(ConnectSettings settings) =>
        Forward(new LoopProtocol.Connect(settings, settings.LocalPort == 0 ? NextLoop() : LoopOf(settings)));

    private int NextLoop() => (int)(_nextLoop++ % (uint)_loops.Count);

    private void Forward(LoopProtocol.Connect connect) => _loops[(connect.First + connect.Tried) % _loops.Count].Forward(connect);

    /// <summary>
    /// The loop that the flow belongs to. Where the local address is not the stack's, any loop reports the error.
    /// </summary>
    private int LoopOf(ConnectSettings settings)
    {
        var host = _stack!.Host;
        return host.FindLocalAddress(settings.Remote, settings.LocalAddress) is { } address
            ? host.Spread.IndexOf(new FlowKey(new TcpEndpoint(address, settings.LocalPort), settings.Remote))
            : 0;
    }

    /// <summary>Asks every loop, and sends the combined answer to the sender.</summary>
    private void AskLoops<TAnswer>(object question, Func<IReadOnlyList<TAnswer>, object> combine, TimeSpan? patience) =>
        Context.ActorOf(AnswerCollector<TAnswer>.Props(
            Sender, [.. _loops.Select(loop => (loop, question))], combine, patience, Context.Dispatcher.Id));

    /// <summary>Stops the stack where one of its loops has stopped, because the stack cannot continue without it.</summary>
    private void OnLoopStopped(IActorRef loop)
    {
        Log.Error("{0} has stopped, and so does the stack", loop.Path.Name);
        Context.Stop(Self);
    }

    private void OnPolicyInterval()
    {
        foreach (var entry in _stack!.Connections.Values)
            entry.Actor?.Tell(ConnectionProtocol.PolicyTick.Instance, ActorRefs.NoSender);
        _wheel!.Schedule(_timer, _stack.Now + PolicyInterval);
    }

    private void OnEnded(ConnectionProtocol.Ended ended)
    {
        if (_stack!.Connections.TryRemove(ended.Id, out var entry) && entry.Actor is { } actor)
            actor.Tell(ConnectionProtocol.Release.Instance, ActorRefs.NoSender);
        if (ended.Snapshot is null) return;
        Remember(ended);
        NoteEnd();
    }
}
