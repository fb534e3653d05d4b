using ActorStack.Actors.Connections.Behaviours;
using ActorStack.Actors.Migration;
using ActorStack.Actors.Persistence;
using ActorStack.Transport.Tcp.Statistics;

namespace ActorStack.Actors.Connections;

/// <summary>What is kept and told of the connection and of its migrations.</summary>
internal sealed partial class ConnectionActor
{
    /// <summary>Records kept; a connection that moves on and on must not grow without bound.</summary>
    private const int MigrationsKept = 256;

    private Queue<MigrationRecord>? _migrations;
    private long _countedReceived;
    private long _countedSent;
    private long _countedRetransmissions;

    internal IEnumerable<MigrationRecord> Migrations => _migrations ?? Enumerable.Empty<MigrationRecord>();

    internal void Count(in TcpConnectionInfo info)
    {
        CountUpTo(info.BytesReceived, info.BytesSent);
        Stack.Counters.Retransmissions += info.Retransmissions - _countedRetransmissions;
        _countedRetransmissions = info.Retransmissions;
    }

    internal void CountUpTo(long received, long sent)
    {
        Stack.Counters.BytesReceived += received - _countedReceived;
        Stack.Counters.BytesSent += sent - _countedSent;
        _countedReceived = received;
        _countedSent = sent;
    }

    /// <summary>The move is over: its record goes to the journal, into the counters and to whoever asked.</summary>
    private void Conclude(MigrationOutput.Conclude conclusion, CurrentMigration migration)
    {
        var record = Record(conclusion, migration);
        Keep(record);
        NoteForPolicy(conclusion.Claim, conclusion.Outcome);
        TraceMove(record);
        migration.Requester?.Tell(record, Self);
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
            conclusion.Ledger.Entries);
    }

    private void Keep(MigrationRecord record)
    {
        _migrations ??= new Queue<MigrationRecord>();
        if (_migrations.Count == MigrationsKept) _migrations.Dequeue();
        _migrations.Enqueue(record);
        var counters = Stack.Migrations;
        var kind = $"{record.From} -> {record.To}: {record.Outcome}";
        counters[kind] = counters.GetValueOrDefault(kind) + 1;
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
