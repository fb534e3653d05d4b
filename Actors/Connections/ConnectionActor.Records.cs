using ActorStack.Actors.Connections.Behaviours;
using ActorStack.Actors.Migration;
using ActorStack.Actors.Persistence;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Statistics;

namespace ActorStack.Actors.Connections;

/// <summary>The records of the connection and of its migrations.</summary>
internal sealed partial class ConnectionActor
{
    /// <summary>The number of records kept, which bounds the memory of a connection that keeps moving.</summary>
    private const int MigrationsKept = 256;

    private Queue<MigrationRecord>? _migrations;
    private long _countedReceived;
    private long _countedSent;
    private long _countedRetransmissions;

    internal IEnumerable<MigrationRecord> Migrations => _migrations ?? Enumerable.Empty<MigrationRecord>();

    internal void Count(in TcpConnectionInfo info)
    {
        CountUpTo(info.BytesReceived, info.BytesSent);
        Loop.Counters.Retransmissions += info.Retransmissions - _countedRetransmissions;
        _countedRetransmissions = info.Retransmissions;
    }

    /// <summary>Counts from these figures on: the node where the connection was before has counted them.</summary>
    internal void CountFrom(TcpConnectionState state) =>
        (_countedReceived, _countedSent, _countedRetransmissions) =
        (state.Statistics.BytesReceived, state.Statistics.BytesSent, state.Statistics.Retransmissions);

    internal void CountUpTo(long received, long sent)
    {
        Loop.Counters.BytesReceived += received - _countedReceived;
        Loop.Counters.BytesSent += sent - _countedSent;
        _countedReceived = received;
        _countedSent = sent;
    }

    /// <summary>The move has ended: its record goes to the journal, to the counters and to the requester.</summary>
    private void Conclude(MigrationOutput.Conclude conclusion, CurrentMigration migration)
    {
        var record = Record(conclusion, migration);
        Keep(record);
        Stack.Migrations.AddOrUpdate(
            new MigrationKind(conclusion.Claim.From, conclusion.Claim.To, conclusion.Outcome), 1, static (_, count) => count + 1);
        NoteForPolicy(conclusion.Claim, conclusion.Outcome);
        TraceMove(record);
        MigrationActivity.End(migration.Activity, record);
        Stack.Settings.Migrated?.Invoke(record);
        migration.Requester?.Tell(record, Self);
        GoOnWithHandoff(record.Outcome);
        if (record.Outcome == MigrationOutcome.Fenced) return; // another owner writes the history from now on
        if (record.Outcome == MigrationOutcome.RolledBack)
        {
            PersistAsync(
                new ConnectionEvents.OwnerRolledBack(
                    record.Number, record.Epoch, record.From, record.To, record.Trigger, record.Detail, record.At),
                static _ => { });
            return;
        }

        PersistAsync(
            new ConnectionEvents.OwnerCommitted(
                record.Number, record.Epoch, record.From, record.To, record.Trigger, record.Outcome == MigrationOutcome.Salvaged,
                record.BlackoutMicroseconds, record.UnacknowledgedBytes, record.UnsentBytes, record.UndeliveredBytes,
                LedgerText.Format(record.Ledger), record.At),
            static _ => { });
    }

    private MigrationRecord Record(MigrationOutput.Conclude conclusion, CurrentMigration migration)
    {
        var (claim, state) = (conclusion.Claim, migration.State);
        return new MigrationRecord(
            Entry.Id.Value, migration.Number, claim.From.ToString(), claim.To.ToString(), claim.Epoch, claim.Trigger.ToString(),
            conclusion.Outcome, conclusion.Detail, Stack.Time.GetUtcNow(),
            migration.FrozenAt is { } frozenAt ? Stack.Time.GetElapsedTime(frozenAt).TotalMicroseconds : 0,
            state?.UnacknowledgedLength ?? 0, state?.UnsentLength ?? 0, state?.Queues.UndeliveredLength ?? 0,
            conclusion.Ledger.Entries)
        {
            Retransmissions = state?.Statistics.Retransmissions,
        };
    }

    private void Keep(MigrationRecord record)
    {
        _migrations ??= new Queue<MigrationRecord>();
        if (_migrations.Count == MigrationsKept) _migrations.Dequeue();
        _migrations.Enqueue(record);
    }

    private ConnectionSnapshot Snapshot()
    {
        if (Behaviour is Closed { Last: { } last }) return last;
        var info = Behaviour.Info();
        return new ConnectionSnapshot(
            Entry.Id.Value, Entry.Flow.Local.ToString(), Entry.Flow.Remote.ToString(), info.State, Behaviour.Phase.ToString(),
            Entry.RunsOn.ToString(), info.BytesReceived, info.BytesSent, info.RoundTripTime.TotalMicroseconds,
            info.CongestionWindow, info.SlowStartThreshold, info.Retransmissions,
            _migration.Epoch, _migrationCount, (Stack.Now - _since).TotalSeconds, Ended: null);
    }
}
