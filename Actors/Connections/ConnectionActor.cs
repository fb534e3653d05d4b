using ActorStack.Actors.Connections.Behaviours;
using ActorStack.Actors.Migration;
using ActorStack.Actors.Persistence;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Timing;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using static ActorStack.Actors.Connections.ConnectionProtocol;

namespace ActorStack.Actors.Connections;

/// <summary>
/// One TCP connection, from its SYN to its end. The actor runs the software stack's connection, or supervises the engine that
/// runs the connection, and moves the connection between them.
/// <code>
/// Accepting | Connecting -> Software &lt;-> Offloading -> Initiating -> Offloaded -> Uploading -> Terminating -> Software
/// any -> Closing -> Closed
/// </code>
/// </summary>
/// <remarks>
/// The actor dispatches each message to its behaviour, which is one class in one file and has the data of its phase.
/// <see cref="MigrationProtocol"/> decides about moves; the actor and its behaviours carry the decisions out. The actor and its
/// behaviours run on the connection's loop; the application and the engines run on other threads and only send messages. Events
/// are persisted with PersistAsync, so that no segment waits for the journal.
/// </remarks>
internal sealed partial class ConnectionActor : UntypedPersistentActor
{
    private readonly TimerNode _timer;
    private TimeSpan _since;
    private TimeSpan _armedFor;

    public ConnectionActor(LoopContext loop, FlowEntry entry)
    {
        Loop = loop;
        Entry = entry;
        Buffers = new ConnectionBuffers(entry.Buffers);
        Behaviour = new Beginning(this);
        _timer = new TimerNode(Self);
        _since = loop.Stack.Now;
        JournalPluginId = loop.Journal;
        SnapshotPluginId = GroupCommitJournal.SnapshotPluginId;
        Stash = NoStash.Instance;
        if (entry.Arrival is not null) _migration = MigrationState.Absent.Instance;
    }

    /// <summary>Made on each of the few calls, so that it takes no memory while the connection is idle.</summary>
    public override string PersistenceId => Entry.Arrival is { } arrival
        ? ConnectionJournal.PersistenceId(Entry.Id, arrival.Epoch, Stack.Settings.Node, Stack.Incarnation)
        : ConnectionJournal.PersistenceId(Entry.Id);

    /// <summary>A new connection has no earlier events to recover.</summary>
    public override Recovery Recovery => Recovery.None;

    /// <summary>The loop that has the flow. The actor runs on it.</summary>
    internal LoopContext Loop { get; }

    /// <summary>State that all loops share.</summary>
    internal StackShared Stack => Loop.Stack;

    internal FlowEntry Entry { get; }

    /// <summary>
    /// The buffers between the application and the connection. They stay in place over every move; only the stack behind them
    /// changes.
    /// </summary>
    internal ConnectionBuffers Buffers { get; }

    internal ConnectionBehaviour Behaviour { get; private set; }

    internal IActorRef Reference => Self;

    internal ILoggingAdapter Logger => Log;

    /// <summary>The actor that waits for an answer to the current message; null where there is none.</summary>
    private IActorRef? Requester => Sender.Equals(Context.System.DeadLetters) || Sender.IsNobody() ? null : Sender;

    /// <summary>Gets no events, because recovery is off.</summary>
    protected override void OnRecover(object message)
    {
        if (message is not RecoveryCompleted) Unhandled(message);
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case SegmentBurst burst:
                Behaviour.OnBurst(burst);
                break;
            case TimerFired:
                Behaviour.OnTimer();
                break;
            case ApplicationWrote:
                Behaviour.OnApplicationWrote();
                break;
            case ApplicationRead:
                Behaviour.OnApplicationRead();
                break;
            case OptionsChanged:
                Behaviour.OnOptionsChanged();
                break;
            case IcmpArrived icmp:
                Behaviour.OnIcmp(icmp.Message);
                break;
            case PolicyTick:
                Behaviour.OnPolicyTick();
                break;
            case HandOff handOff:
                Behaviour.OnHandOff(handOff.Node, handOff.Trigger);
                break;
            case FromNode told:
                Behaviour.OnNode(told.Node, told.Message);
                break;
            case NodeRemoved removed:
                Step(new MigrationInput.NodeRemoved(removed.Node));
                break;
            case ApplicationLeft left:
                Behaviour.OnApplicationLeft(left.Context, left.State);
                break;
            case EngineEvent engine:
                OnEngine(engine.Told);
                break;
            case StackProtocol.ConnectionRequest request:
                OnRequest(request);
                break;
            case Retire:
                Behaviour.OnRetire();
                break;
            case Reset reset:
                Step(new MigrationInput.ResetRequested(reset.Why));
                break;
            case OpenCancelled:
                Behaviour.OnOpenCancelled();
                break;
            case Begin when Behaviour is Beginning beginning:
                beginning.Begin();
                break;
            case Release when Behaviour is Closed closed:
                closed.OnReleased();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        var closed = Behaviour as Closed ?? Fail();
        closed.TellEnd();
        closed.NoteEndWritten();
        base.PostStop();
    }

    /// <summary>
    /// Handles a rejected event, which Akka has logged. A rejected claim means that the store gave the connection to another
    /// owner. An end that was rejected is never written, so the actor does not wait for it.
    /// </summary>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        if (@event is ConnectionEvents.OwnerClaimed claimed) Step(new MigrationInput.ClaimRefused(claimed.Epoch, cause.Message));
        if (@event is ConnectionEvents.Closed && Behaviour is Closed closed) closed.OnEndWritten();
    }

    internal void Enter(ConnectionBehaviour next)
    {
        next.SetTrace(_trace);
        Behaviour = next;
    }

    /// <summary>
    /// Starts the application's part of the connection: the handshake is complete, or Fast Open serves the connection during
    /// the handshake.
    /// </summary>
    internal ConnectionContext Open(SocketOptions options, ReadOnlyMemory<byte> state)
    {
        _since = Stack.Now;
        Loop.Counters.Opened++;
        Loop.Announcer?.Own(Entry.Flow, Epoch);
        PersistAsync(
            new ConnectionEvents.Opened(
                Entry.Id.Value, Entry.Flow.Local.ToString(), Entry.Flow.Remote.ToString(), Entry.Service.Name,
                Stack.Time.GetUtcNow()),
            static _ => { });
        var application = new ConnectionContext(Entry, Buffers.Application, options, Self, Stack.Errors, state);
        Observe(application);
        return application;
    }

    private void Observe(ConnectionContext application)
    {
        Buffers.Observer = application;
        Buffers.Receive.Observer = application;
    }

    /// <summary>
    /// Arms the timer lazily: a timer that fires too early is armed again, which happens less often than deadlines move.
    /// </summary>
    internal void ArmTimer(TimeSpan now)
    {
        if (Behaviour.NextDeadline is not { } due) return;
        if (_timer.IsScheduled && _armedFor <= due) return;
        _armedFor = due;
        Loop.Wheel.Schedule(_timer, due > now ? due : now);
    }

    /// <summary>Stops the actor after the end has been told and written.</summary>
    internal void StopSelf() => Context.Stop(Self);

    internal void CancelTimer() => Loop.Wheel.Cancel(_timer);

    internal void Decline(string why)
    {
        Log.Debug("Connection {0}: a move is declined: it {1}", Entry.Id, why);
        Requester?.Tell(new StackProtocol.Failed(FailureCode.NotNow, $"connection {Entry.Id} {why}"));
    }

    /// <summary>
    /// Declines a request at once where the journal is known to take no claims. A move without a requester is tried all the
    /// same, because the journal may recover.
    /// </summary>
    internal bool DeclinesForJournal()
    {
        if (Requester is not { } requester || Stack.Settings.JournalHealth.Problem is not { } problem) return false;
        requester.Tell(new StackProtocol.Failed(
            FailureCode.JournalFailing,
            $"connection {Entry.Id} stays where it is, because its move has to be in the journal first: {problem.Message}",
            problem.WhatToDo));
        return true;
    }

    private void OnRequest(StackProtocol.ConnectionRequest request)
    {
        switch (request)
        {
            case StackProtocol.Offload offload:
                Behaviour.OnOffload(Owner.Engine(offload.Engine));
                break;
            case StackProtocol.Upload:
                Behaviour.OnUpload();
                break;
            case StackProtocol.HandOff handOff:
                Behaviour.OnHandOff(handOff.Node, MigrationTrigger.Operator.Instance);
                break;
            case StackProtocol.GetConnection:
                Sender.Tell(Snapshot());
                break;
            case StackProtocol.GetMigrations:
                Sender.Tell(new StackProtocol.MigrationList([.. Migrations]));
                break;
            case StackProtocol.GetTcpStatistics:
                Sender.Tell((object?)Behaviour.Statistics(Stack.Now) ?? new StackProtocol.Failed(
                    FailureCode.NotNow, $"connection {Entry.Id} has no figures now: {Behaviour.Phase}"));
                break;
            case StackProtocol.Trace trace:
                Sender.Tell(SwitchTrace(trace.On));
                break;
            default:
                Unhandled(request);
                break;
        }
    }
}
