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
/// One TCP connection, from its SYN to its end. It runs the software stack's connection or watches over the engine that runs it,
/// and moves it between them.
/// <code>
/// Accepting | Connecting -> Software &lt;-> Offloading -> Initiating -> Offloaded -> Uploading -> Terminating -> Software
/// any -> Closing -> Closed
/// </code>
/// </summary>
/// <remarks>
/// The actor dispatches each message to its behaviour, which is one class in one file and has the data of its phase. What moves a
/// connection is decided by <see cref="MigrationProtocol"/>; the actor and its behaviours carry it out. All of it happens on the
/// stack's loop; the application and the engines are elsewhere and only tell. Events are persisted with PersistAsync, so that no
/// segment waits for the journal.
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
        JournalPluginId = GroupCommitJournal.PluginId;
        SnapshotPluginId = GroupCommitJournal.SnapshotPluginId;
        PersistenceId = ConnectionJournal.PersistenceId(entry.Id);
    }

    public override string PersistenceId { get; }

    /// <summary>A new connection has no past.</summary>
    public override Recovery Recovery => Recovery.None;

    /// <summary>The loop that has the flow, on which the actor runs.</summary>
    internal LoopContext Loop { get; }

    /// <summary>What all loops share.</summary>
    internal StackShared Stack => Loop.Stack;

    internal FlowEntry Entry { get; }

    /// <summary>They stay in place over every move: only the stack on their far side changes.</summary>
    internal ConnectionBuffers Buffers { get; }

    internal ConnectionBehaviour Behaviour { get; private set; }

    internal IActorRef Reference => Self;

    internal ILoggingAdapter Logger => Log;

    /// <summary>Who waits for an answer to what is being handled; null: nobody does.</summary>
    private IActorRef? Requester => Sender.Equals(Context.System.DeadLetters) || Sender.IsNobody() ? null : Sender;

    /// <summary>Nothing is recovered.</summary>
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
    /// Akka logs it. A claim is rejected where the store gave the connection to another owner; an end that the journal will never take
    /// is not waited for.
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

    /// <summary>The handshake is done as far as the application is concerned.</summary>
    internal ConnectionContext Open(SocketOptions options)
    {
        _since = Stack.Now;
        Loop.Counters.Opened++;
        PersistAsync(
            new ConnectionEvents.Opened(
                Entry.Id.Value, Entry.Flow.Local.ToString(), Entry.Flow.Remote.ToString(), Entry.Service.Name,
                Stack.Time.GetUtcNow()),
            static _ => { });
        var application = new ConnectionContext(Entry.Id, Entry.Flow, Buffers.Application, options, Self);
        Buffers.Observer = application.Observer;
        return application;
    }

    /// <summary>
    /// Lazily: a timer that fires too early looks at the clock and is armed anew, which happens less often than deadlines move.
    /// </summary>
    internal void ArmTimer(TimeSpan now)
    {
        if (Behaviour.NextDeadline is not { } due) return;
        if (_timer.IsScheduled && _armedFor <= due) return;
        _armedFor = due;
        Loop.Wheel.Schedule(_timer, due > now ? due : now);
    }

    /// <summary>The end is told and written: nothing is left to do.</summary>
    internal void StopSelf() => Context.Stop(Self);

    internal void CancelTimer() => Loop.Wheel.Cancel(_timer);

    internal void Decline(string why)
    {
        Log.Debug("Connection {0}: a move is declined: it {1}", Entry.Id, why);
        Requester?.Tell(new StackProtocol.Failed(FailureCode.NotNow, $"connection {Entry.Id} {why}"));
    }

    /// <summary>
    /// Who waits for the answer hears at once that the journal takes no claim. What nobody waits for tries: the journal may
    /// recover.
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
