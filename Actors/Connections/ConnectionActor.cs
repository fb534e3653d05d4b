using ActorStack.Actors.Persistence;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Buffers;
using ActorStack.Transport.Timing;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using static ActorStack.Actors.Connections.ConnectionProtocol;

namespace ActorStack.Actors.Connections;

/// <summary>
/// One TCP connection, from its SYN to its end. It runs the software stack's connection or watches over the engine that runs it, and
/// moves it between them.
/// <code>
/// Handshaking -> Software &lt;-> Offloading -> Offloaded -> Uploading -> Software
/// any -> Closing -> Closed
/// </code>
/// </summary>
/// <remarks>
/// One behaviour, one file. All of it happens on the stack's loop; the application and the engines are elsewhere and only tell.
/// Events are persisted with PersistAsync, so that no segment waits for the journal.
/// </remarks>
internal sealed partial class ConnectionActor : UntypedPersistentActor
{
    /// <summary>What the record of a migration names where an operator wanted it.</summary>
    public const string OperatorTrigger = "operator";

    private readonly StackContext _stack;
    private readonly FlowEntry _entry;
    private readonly TimerNode _timer;
    private TimeSpan _since;
    private string _phase = nameof(Handshaking);
    private TcpConnection? _tcp;
    private ConnectionBuffers? _buffers;
    private ApplicationObserver? _observer;
    private ConnectionContext? _application;
    private TimeSpan _armedFor;
    private long _epoch;

    public ConnectionActor(StackContext stack)
    {
        _stack = stack;
        _entry = stack.Connections[Self.Path.Name];
        _timer = new TimerNode(Self);
        _since = stack.Now;
        JournalPluginId = GroupCommitJournal.PluginId;
        SnapshotPluginId = GroupCommitJournal.SnapshotPluginId;
        PersistenceId = ConnectionJournal.PersistenceId(_entry.Id);
    }

    public override string PersistenceId { get; }

    /// <summary>A new connection has no past.</summary>
    public override Recovery Recovery => Recovery.None;

    /// <summary>Who waits for an answer to what is being handled; null: nobody does.</summary>
    private IActorRef? Requester => Sender.Equals(Context.System.DeadLetters) || Sender.IsNobody() ? null : Sender;

    private bool WasOpened => _application is not null;

    protected override void OnRecover(object message)
    {
        if (message is RecoveryCompleted && _entry.Open is null) Accept();
        else if (message is RecoveryCompleted) Open();
        else Unhandled(message);
    }

    protected override void OnCommand(object message) =>
        throw new InvalidOperationException($"{message.GetType().Name} before the connection began");

    protected override void PostStop()
    {
        if (!_hasEnded) Fail();
        if (!_toldEnd) TellEnd();
        if (_isEndUnwritten) NoteEndWritten();
        base.PostStop();
    }

    /// <summary>Akka logs it; an end that the journal will never take is not waited for.</summary>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        if (@event is ConnectionEvents.Closed) OnEndWritten();
    }

    /// <summary>Enters a behaviour: its name is what people see.</summary>
    private void Enter(string phase, UntypedReceive behaviour)
    {
        _phase = phase;
        Become(behaviour);
    }

    /// <summary>The behaviour of a connection that runs in software, by its TCP state.</summary>
    private void EnterSoftware()
    {
        if (_tcp!.State is TcpState.Closing or TcpState.LastAck) Enter(nameof(Closing), Closing());
        else Enter(nameof(Software), Software());
    }

    private void Answer(Query query)
    {
        switch (query)
        {
            case GetSnapshot:
                Sender.Tell(Snapshot());
                break;
            case GetMigrations:
                Sender.Tell(new StackProtocol.MigrationList([.. Migrations]));
                break;
            case GetTcpStatistics:
                Sender.Tell((object?)TcpStatistics() ?? new StackProtocol.Failed(FailureCode.NotNow, $"connection {_entry.Id} has no figures now: {_phase}"));
                break;
            case Trace trace:
                Sender.Tell(SwitchTrace(trace.On));
                break;
            default:
                Unhandled(query);
                break;
        }
    }

    private void Decline(Move move, string why)
    {
        Log.Debug("Connection {0}: {1} declined: {2}", _entry.Id, move, why);
        Requester?.Tell(new StackProtocol.Failed(FailureCode.NotNow, $"connection {_entry.Id} {why}"));
    }

    /// <summary>
    /// Whoever waits for the answer hears at once that the journal takes no claim. What nobody waits for tries: the journal may
    /// recover.
    /// </summary>
    private bool DeclinesForJournal()
    {
        if (Requester is not { } requester || _stack.Settings.JournalHealth.Problem is not { } problem) return false;
        requester.Tell(new StackProtocol.Failed(
            FailureCode.JournalFailing,
            $"connection {_entry.Id} stays where it is, because its move has to be in the journal first: {problem.Message}",
            problem.WhatToDo));
        return true;
    }

    /// <summary>An engine's event about a handle that is no longer, or not yet, this connection's.</summary>
    private void IgnoreStale(EngineEvent stale) => Log.Debug("Connection {0} in {1}: stale {2}", _entry.Id, _phase, stale);
}
