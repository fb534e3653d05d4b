using ActorStack.Actors.Migration;
using ActorStack.Actors.Persistence;
using ActorStack.Transport.Engines;
using ActorStack.Transport.Host;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using Akka.Actor;
using Akka.Event;
using static ActorStack.Actors.Connections.ConnectionProtocol;

namespace ActorStack.Actors.Connections;

/// <summary>
/// Software to engine. While the claim is on its way to the journal the software stack goes on; then it is frozen, and nothing is
/// given up before the engine has said yes: refused, failed or late, the very same connection goes on.
/// </summary>
internal sealed partial class ConnectionActor
{
    private CurrentMigration? _migration;
    private IOffloadEngine? _engine;
    private EngineHandle _handle;

    /// <summary>The software stack gets no input: what arrives is held.</summary>
    private bool IsFrozen => _migration?.FrozenAt is not null;

    private UntypedReceive Offloading() => message =>
    {
        switch (message)
        {
            case SegmentBurst burst when IsFrozen:
                Hold(burst);
                break;
            case SegmentBurst burst:
                OnBurst(burst);
                break;
            case IcmpArrived when IsFrozen:
                break; // what is still too large will be told again
            case IcmpArrived icmp:
                OnIcmp(icmp.Message);
                break;
            case TimerFired:
                OnTimerWhileOffloading();
                break;
            case ApplicationWrote or ApplicationRead or OptionsChanged when IsFrozen:
                break; // taken up at the end, whoever owns the connection then
            case ApplicationWrote:
                OnApplicationWrote();
                break;
            case ApplicationRead:
                OnApplicationRead();
                break;
            case OptionsChanged:
                TakeOptions();
                break;
            case Query query:
                Answer(query);
                break;
            case Move move:
                Decline(move, $"is moving to {_migration!.To}");
                break;
            case Initiated initiated when initiated.Handle == _handle && IsFrozen:
                Commit(initiated.Ledger);
                break;
            case Refused refused when refused.Handle == _handle && IsFrozen:
                RollBackOffload($"{refused.Reason}: {refused.Detail}");
                break;
            case Aborted aborted when aborted.Handle == _handle && IsFrozen:
                RollBackOffload($"{_engine!.Name} failed: {aborted.Error.Message}");
                break;
            case EngineEvent stale:
                IgnoreStale(stale);
                break;
            case Retire:
                RollBackOffload("the service stops");
                break;
            case Reset reset:
                RollBackOffload(reset.Reason);
                Abort(reset.Reason);
                break;
            case OpenCancelled:
                break; // the connection was there before
            case PolicyTick:
                break;
            default:
                Unhandled(message);
                break;
        }
    };

    private void BeginOffload(Offload offload, IActorRef? requester)
    {
        _engine = offload.Engine;
        var migration = Claim(Owner.Software, offload.Engine.Name, offload.Trigger, requester);
        Enter(nameof(Offloading), Offloading());
        PersistClaim(migration, Freeze);
    }

    /// <summary>Prepares a migration: raises the epoch. The owner so far keeps running until the claim is in the journal.</summary>
    private CurrentMigration Claim(string from, string to, string trigger, IActorRef? requester)
    {
        var now = _stack.Now;
        _migration = new CurrentMigration(++_migrationCount, from, to, ++_epoch, trigger)
        {
            Requester = requester,
            Deadline = now + _stack.Settings.JournalTimeout,
        };
        ArmTimer(now);
        return _migration;
    }

    private void PersistClaim(CurrentMigration migration, Action next)
    {
        var claim = new ConnectionEvents.OwnerClaimed(
            migration.Epoch, migration.From, migration.To, migration.Trigger, _stack.Time.GetUtcNow());
        PersistAsync(claim, _ =>
        {
            // Given up in the meantime: another claim, or none, is the valid one.
            if (_migration == migration) next();
        });
    }

    private void Freeze()
    {
        var migration = _migration!;
        if (_tcp!.State is TcpState.SynReceived or TcpState.Closing or TcpState.LastAck or TcpState.TimeWait)
        {
            RollBackOffload($"the connection is in {_tcp.State}");
            return;
        }

        var now = _stack.Now;
        migration.FrozenAt = _stack.Time.GetTimestamp();
        migration.Deadline = now + _stack.Settings.MigrationTimeout;
        migration.State = _tcp.Export(ExportScope.Attached, now) with { ConnectionId = _entry.Id.Value, Epoch = migration.Epoch };
        try
        {
            _handle = _engine!.Initiate(migration.State, _buffers!, new EngineEventSink(Self, _stack.Time));
            _stack.Identifiers.Add(_entry.Id.Value, _engine.Name, _handle);
        }
        catch (Exception error)
        {
            Log.Error(error, "Engine {0} failed to take connection {1}", migration.To, _entry.Id);
            RollBackOffload($"{RefusalReason.SystemError}: {error.Message}");
            return;
        }

        ArmTimer(now);
    }

    private void OnTimerWhileOffloading()
    {
        var now = _stack.Now;
        if (now >= _migration!.Deadline)
            RollBackOffload($"{RefusalReason.NoAnswer}: {Silence(IsFrozen)}");
        else if (!IsFrozen)
            OnTimer();
        else
            ArmTimer(now);
    }

    /// <summary>Who did not answer, and for how long.</summary>
    private string Silence(bool byEngine)
    {
        if (!byEngine && _stack.Settings.JournalHealth.Problem is { } problem)
            return $"the journal takes no claim: {problem.Message}. {problem.WhatToDo}";
        var times = _migration!.IsOverdue ? 1 + OverdueFactor : 1;
        var (who, limit) = byEngine ? ("engine", times * _stack.Settings.MigrationTimeout) : ("journal", _stack.Settings.JournalTimeout);
        return $"nothing from the {who} within {limit.TotalSeconds:0.###} s";
    }

    /// <summary>The engine owns the connection from here on. Late segments go after the rest.</summary>
    private void Commit(FidelityLedger ledger)
    {
        var migration = _migration!;
        var state = migration.State!;
        var hasNewOptions = _application!.Options != _tcp!.Options;
        _migration = null;
        _tcp!.Retire();
        _tcp = null;
        _stack.Wheel.Cancel(_timer);
        _buffers!.Send.Acknowledge(state.Unacknowledged.Length + state.Unsent.Length);
        _engine!.Activate(_handle);
        ForwardHeld(migration);
        _entry.Steer(_engine, _handle, migration.Epoch);
        _stack.Engaging.Add(_entry);
        _entry.RunsOn = _engine.Name;
        _movedIn = state;
        if (hasNewOptions) UpdateEngine();
        Enter(nameof(Offloaded), Offloaded());
        Complete(migration, MigrationOutcome.Completed, ledger);
        WatchApplication();
    }

    private void ForwardHeld(CurrentMigration migration)
    {
        if (migration.Held is not { } held) return;
        for (var i = 0; i < held.Count; i++) _engine!.Forward(_handle, held[i]);
        held.Release();
    }

    private void RollBackOffload(string detail)
    {
        var migration = _migration!;
        if (IsFrozen) ForgetEngine(invalidate: true);
        _engine = null;
        _migration = null;
        RollBack(migration, detail);
        EnterSoftware();
        Thaw(migration);
    }

    /// <summary>The connection object is as it was at the freeze; now it takes what it missed.</summary>
    private void Thaw(CurrentMigration migration)
    {
        FeedHeld(migration);
        CatchUp();
    }

    /// <summary>Looks at all that the application did during the move: what is not looked at is never told again.</summary>
    private void CatchUp()
    {
        if (!_hasEnded) TakeOptions();
        if (!_hasEnded) OnApplicationWrote();
        if (!_hasEnded) OnApplicationRead();
    }

    private void Hold(SegmentBurst burst)
    {
        var held = _migration!.Held ??= new HeldFrames();
        for (var i = 0; i < burst.Count; i++)
        {
            if (!held.TryAdd(burst.Frame(i))) _stack.Counters.Drop(DropReason.HeldOverflow);
        }

        burst.RecycleEmptied();
    }

    /// <summary>Gives late segments to the software stack, in order, as one burst.</summary>
    private void FeedHeld(CurrentMigration migration)
    {
        var now = _stack.Now;
        if (migration.Held is { } held)
        {
            for (var i = 0; i < held.Count; i++) Feed(held[i], now);
            held.Release();
            _tcp!.OnBurstEnd(now);
        }

        Settle(now);
    }
}
