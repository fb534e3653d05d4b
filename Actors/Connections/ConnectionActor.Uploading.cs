using ActorStack.Actors.Migration;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;
using Akka.Actor;
using Akka.Event;
using static ActorStack.Actors.Connections.ConnectionProtocol;

namespace ActorStack.Actors.Connections;

/// <summary>
/// Engine to software. Once the claim is in the journal the engine is asked for the connection; from then on what arrives here is held,
/// and goes to the software stack after the state. An engine that does not answer is done without: the state is salvaged.
/// </summary>
internal sealed partial class ConnectionActor
{
    /// <summary>Times the usual limit that an engine gets beyond it.</summary>
    private const int OverdueFactor = 5;

    private Exception? _abortAfterUpload;
    private UploadReason _uploadReason;

    private UntypedReceive Uploading() => message =>
    {
        switch (message)
        {
            case SegmentBurst burst when _migration!.IsTransferring:
                _migration.FrozenAt ??= _stack.Time.GetTimestamp();
                Hold(burst);
                break;
            case SegmentBurst burst:
                ForwardLate(burst);
                break;
            case IcmpArrived:
                break; // what is still too large will be told again
            case TimerFired:
                OnTimerWhileUploading();
                break;
            case OptionsChanged when !_migration!.IsTransferring:
                UpdateEngine();
                break;
            case ApplicationWrote or ApplicationRead or OptionsChanged:
                break; // taken up at the end, whoever owns the connection then
            case Query query:
                Answer(query);
                break;
            case Move move:
                Decline(move, $"is moving to {Owner.Software}");
                break;
            case Frozen frozen when frozen.Handle == _handle:
                if (!(_migration!.FrozenAt < frozen.At)) _migration.FrozenAt = frozen.At;
                break;
            case ConnectionProtocol.Terminated terminated when terminated.Handle == _handle && _migration!.IsTransferring:
                Import(terminated.State, terminated.Ledger, MigrationOutcome.Completed);
                break;
            case UploadRequested asked when asked.Handle == _handle:
                OnAskedAgain(asked);
                break;
            case Aborted aborted when aborted.Handle == _handle:
                RollBackUpload($"the connection ended in {_engine!.Name}: {aborted.Error.Message}");
                EndInEngine(aborted.Error);
                break;
            case EngineEvent stale:
                IgnoreStale(stale);
                break;
            case Retire:
                Insist();
                break;
            case Reset reset:
                _abortAfterUpload = new IOException(reset.Reason);
                Insist();
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

    private void BeginUpload(string trigger, UploadReason reason, IActorRef? requester, string detail = "")
    {
        _uploadReason = reason;
        var migration = Claim(_engine!.Name, Owner.Software, trigger, requester);
        migration.Detail = detail;
        if (requester is null) Insist();
        Enter(nameof(Uploading), Uploading());
        PersistClaim(migration, Terminate);
    }

    /// <summary>
    /// Only an operator is told in time that it came to nothing. Engine, application and stack cannot do without the upload and ask once:
    /// it waits for the journal however long that takes, while the engine goes on.
    /// </summary>
    private void Insist()
    {
        if (!_migration!.IsTransferring) _migration.Deadline = null;
    }

    private void Terminate()
    {
        var migration = _migration!;
        var now = _stack.Now;
        migration.IsTransferring = true;
        migration.Deadline = now + _stack.Settings.MigrationTimeout;
        _entry.Unsteer(_epoch);
        if (_uploadReason == UploadReason.EngineLost)
        {
            SalvageOrGiveUp(migration.Detail);
            return;
        }

        try
        {
            _engine!.Terminate(_handle);
        }
        catch (Exception error)
        {
            Log.Error(error, "Engine {0} failed to give back connection {1}", migration.From, _entry.Id);
            SalvageOrGiveUp(error.Message);
            return;
        }

        ArmTimer(now);
    }

    private void OnAskedAgain(UploadRequested asked)
    {
        Insist();
        if (asked.Reason != UploadReason.EngineLost) return;
        _uploadReason = UploadReason.EngineLost;
        if (_migration!.IsTransferring) SalvageOrGiveUp(asked.Detail);
    }

    private void OnTimerWhileUploading()
    {
        var now = _stack.Now;
        if (_migration!.Deadline is not { } deadline || now < deadline)
        {
            ArmTimer(now);
            return;
        }

        if (_migration.IsTransferring)
        {
            OnEngineSilent(now);
            return;
        }

        RollBackUpload(Silence(byEngine: false));
        Enter(nameof(Offloaded), Offloaded());
        WatchApplication();
    }

    private void RollBackUpload(string detail)
    {
        var migration = _migration!;
        _migration = null;
        migration.Held?.Release();
        RollBack(migration, detail);
    }

    /// <summary>
    /// Late is not lost: an engine from which nothing can be salvaged is about to give the connection back, or has just done so. Its answer
    /// gets more time once.
    /// </summary>
    private void OnEngineSilent(TimeSpan now)
    {
        var migration = _migration!;
        var silence = Silence(byEngine: true);
        if (TrySalvage(silence)) return;
        if (migration.IsOverdue)
        {
            GiveUp(silence);
            return;
        }

        migration.IsOverdue = true;
        migration.Deadline = now + _stack.Settings.MigrationTimeout * OverdueFactor;
        ArmTimer(now);
    }

    private void SalvageOrGiveUp(string detail)
    {
        if (!TrySalvage(detail)) GiveUp(detail);
    }

    /// <summary>The engine is lost: the state is rebuilt from what host memory holds.</summary>
    private bool TrySalvage(string detail)
    {
        var migration = _migration!;
        var begun = _stack.Time.GetTimestamp();
        (TcpConnectionState State, FidelityLedger Ledger)? salvaged = null;
        try
        {
            salvaged = _engine!.Salvage(_handle);
        }
        catch (Exception error)
        {
            Log.Error(error, "Engine {0} could not salvage connection {1}", migration.From, _entry.Id);
        }

        if (salvaged is not var (state, ledger)) return false;
        migration.FrozenAt ??= begun;
        NameLoss(migration, detail);
        Import(state, ledger, MigrationOutcome.Salvaged);
        return true;
    }

    private void GiveUp(string detail)
    {
        var migration = _migration!;
        migration.FrozenAt ??= _stack.Time.GetTimestamp();
        NameLoss(migration, detail);
        RollBackUpload($"{migration.Detail}; nothing could be salvaged");
        ForgetEngine(invalidate: true);
        End(new IOException($"lost with engine {migration.From}"));
    }

    private static void NameLoss(CurrentMigration migration, string detail)
    {
        migration.Detail = migration.Trigger == EngineLostTrigger ? detail : $"{detail} (asked by {migration.Trigger})";
        migration.Trigger = EngineLostTrigger;
    }

    private void Import(TcpConnectionState state, FidelityLedger ledger, MigrationOutcome outcome)
    {
        var migration = _migration!;
        migration.FrozenAt ??= _stack.Time.GetTimestamp();
        migration.State = state;
        ForgetEngine(invalidate: false);
        _buffers!.Observer = _observer;
        if (state.Undelivered.Length > 0)
        {
            _buffers.Receive.Write(state.Undelivered);
            _buffers.Receive.Flush();
        }

        _buffers.Send.EndPump((byte[])[.. state.Unacknowledged, .. state.Unsent]);
        var now = _stack.Now;
        _tcp = TcpConnection.Import(state, _entry.Tcp, _buffers.Send, _buffers.Receive, now);
        _tcp.Trace = _trace;
        TakeUpPath(now);
        if (_buffers.AbortError is { } aborted) _tcp.Abort(aborted, now); // goes before whatever else the application left behind
        _tcp.SetOptions(_application!.Options, now);
        CountUpTo(state.BytesReceived, state.BytesSent);
        _migration = null;
        _movedIn = null;
        EnterSoftware();
        _tcp.Resume(now);
        FeedHeld(migration);
        Complete(migration, outcome, ledger);
        CatchUp();
        if (!_hasEnded && _abortAfterUpload is { } error) Abort(error.Message);
    }

    private void Feed(in Transport.Links.LinkFrame frame, TimeSpan now)
    {
        PacketReader.Read(frame.Packet, frame.ChecksumVerified, frame.SegmentSize, out var packet);
        if (packet.Kind == PacketKind.Tcp) _tcp!.OnSegment(packet.Tcp, now);
    }
}
