using ActorStack.Actors.Migration;
using ActorStack.Actors.Persistence;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;

namespace ActorStack.Actors.Connections;

/// <summary>What is kept and told of the connection and of its migrations.</summary>
internal sealed partial class ConnectionActor
{
    /// <summary>Records kept; a connection that moves on and on must not grow without bound.</summary>
    private const int MigrationsKept = 256;

    private const string EngineTrigger = "engine: ";

    private static readonly string EngineLostTrigger = $"{EngineTrigger}{UploadReason.EngineLost}";

    private Queue<MigrationRecord>? _migrations;
    private int _migrationCount;

    private IEnumerable<MigrationRecord> Migrations => _migrations ?? Enumerable.Empty<MigrationRecord>();

    private void Complete(CurrentMigration migration, MigrationOutcome outcome, FidelityLedger ledger)
    {
        var record = Record(migration, outcome, migration.Detail, ledger);
        PersistAsync(
            new ConnectionEvents.OwnerCommitted(
                record.Number, record.Epoch, record.From, record.To, record.Trigger, outcome == MigrationOutcome.Salvaged,
                record.BlackoutMicroseconds, record.UnacknowledgedBytes, record.UnsentBytes, record.UndeliveredBytes,
                LedgerText.Format(ledger.Entries), record.At),
            static _ => { });
    }

    private void RollBack(CurrentMigration migration, string detail)
    {
        var record = Record(migration, MigrationOutcome.RolledBack, detail, FidelityLedger.Exact);
        PersistAsync(
            new ConnectionEvents.OwnerRolledBack(
                record.Number, record.Epoch, record.From, record.To, record.Trigger, record.Detail, record.At),
            static _ => { });
    }

    private MigrationRecord Record(CurrentMigration migration, MigrationOutcome outcome, string detail, FidelityLedger ledger)
    {
        var state = migration.State;
        var record = new MigrationRecord(
            _entry.Id.Value, migration.Number, migration.From, migration.To, migration.Epoch, migration.Trigger, outcome, detail,
            _stack.Time.GetUtcNow(),
            migration.FrozenAt is { } frozenAt ? _stack.Time.GetElapsedTime(frozenAt).TotalMicroseconds : 0,
            state?.Unacknowledged.Length ?? 0, state?.Unsent.Length ?? 0, state?.Undelivered.Length ?? 0,
            ledger.Entries);

        _migrations ??= new Queue<MigrationRecord>();
        if (_migrations.Count == MigrationsKept) _migrations.Dequeue();
        _migrations.Enqueue(record);
        var counters = _stack.Migrations;
        var kind = $"{record.From} -> {record.To}: {record.Outcome}";
        counters[kind] = counters.GetValueOrDefault(kind) + 1;
        NoteForPolicy(record);
        TraceMove(record);
        migration.Requester?.Tell(record, Self);
        return record;
    }

    private ConnectionSnapshot Snapshot()
    {
        if (_last is not null) return _last;
        var info = Info();
        return new ConnectionSnapshot(
            _entry.Id.Value, _entry.Flow.Local.ToString(), _entry.Flow.Remote.ToString(), info.State, _phase, _entry.RunsOn,
            info.BytesReceived, info.BytesSent, info.RoundTripTime.TotalMicroseconds,
            info.CongestionWindow, info.SlowStartThreshold, info.Retransmissions,
            _epoch, _migrationCount, (_stack.Now - _since).TotalSeconds, Ended: null);
    }

    /// <summary>The figures of whoever runs the connection; an engine counts from the move on.</summary>
    private EngineConnectionInfo Info()
    {
        if (_tcp?.Info is { } tcp)
        {
            return new EngineConnectionInfo(
                tcp.State, tcp.BytesReceived, tcp.BytesSent, tcp.RoundTripTime,
                tcp.CongestionWindow, tcp.SlowStartThreshold, tcp.Retransmissions);
        }

        if (_movedIn is null) return default;
        return _engine is not null && _engine.TryQuery(_handle, out var info)
            ? info with
            {
                BytesReceived = _movedIn.BytesReceived + info.BytesReceived,
                BytesSent = _movedIn.BytesSent + info.BytesSent,
                Retransmissions = _movedIn.Retransmissions + info.Retransmissions,
            }
            : new EngineConnectionInfo(
                _movedIn.State, _movedIn.BytesReceived, _movedIn.BytesSent, TimeSpan.FromTicks(_movedIn.SRttTicks),
                _movedIn.Cwnd, _movedIn.SsThresh, _movedIn.Retransmissions);
    }

    /// <summary>Of whoever runs the connection: the kernel tells its own.</summary>
    private TcpStatistics? TcpStatistics() => _tcp?.Statistics(_stack.Now) ?? _engine?.QueryStatistics(_handle);

    private void CountUpTo(long received, long sent)
    {
        _stack.Counters.BytesReceived += received - _countedReceived;
        _stack.Counters.BytesSent += sent - _countedSent;
        _countedReceived = received;
        _countedSent = sent;
    }
}
