using System.Collections.Immutable;
using ActorStack.Actors.Migration;
using ActorStack.Transport.Engines;

namespace ActorStack.Actors.Persistence;

/// <summary>The history of one connection, folded from its events in the journal.</summary>
/// <param name="Id">The connection's name.</param>
/// <param name="Local">Its own end, as <c>address:port</c>.</param>
/// <param name="Remote">The peer's end, as <c>address:port</c>.</param>
/// <param name="Service">The name of the service.</param>
/// <param name="OpenedAt">The wall clock at the end of the handshake.</param>
/// <param name="RunsOn">The last owner: <c>software</c> or an engine's name.</param>
/// <param name="Epoch">The epoch of the last claim; 0 before the first.</param>
/// <param name="Migrations">Moves, those that were rolled back included.</param>
/// <param name="Ended">The reason of the end.</param>
/// <param name="EndedAt">The wall clock at its end; null while the journal holds no end.</param>
/// <param name="BytesReceived">Payload bytes received; 0 while the journal holds no end.</param>
/// <param name="BytesSent">Payload bytes that the peer acknowledged; 0 while the journal holds no end.</param>
public sealed record ConnectionHistory(
    string Id,
    string Local,
    string Remote,
    string Service,
    DateTimeOffset OpenedAt,
    string RunsOn,
    long Epoch,
    int Migrations,
    string? Ended,
    DateTimeOffset? EndedAt,
    long BytesReceived,
    long BytesSent)
{
    /// <summary>The number of migrations kept, because a connection may move without end.</summary>
    private const int RecordsKept = 256;

    /// <summary>The last migrations, oldest first.</summary>
    public ImmutableList<MigrationRecord> Records { get; init; } = [];

    /// <summary>Returns the history with one more event; the first event is <see cref="ConnectionEvents.Opened"/> or
    /// <see cref="ConnectionEvents.Arrived"/>.</summary>
    public static ConnectionHistory? Apply(ConnectionHistory? history, IConnectionEvent next) => next switch
    {
        ConnectionEvents.Opened opened => new ConnectionHistory(
            opened.Id, opened.Local, opened.Remote, opened.Service, opened.At, Owner.Software.ToString(), 0, 0, null, null, 0, 0),
        ConnectionEvents.Arrived arrived => new ConnectionHistory(
            arrived.Id, arrived.Local, arrived.Remote, arrived.Service, arrived.At, Owner.Node(arrived.Node).ToString(),
            arrived.Epoch, 0, null, null, 0, 0),
        ConnectionEvents.OwnerClaimed claimed => history is null ? null : history with { Epoch = claimed.Epoch },
        ConnectionEvents.OwnerCommitted committed => history is null
            ? null
            : history with
            {
                RunsOn = committed.To,
                Epoch = committed.Epoch,
                Migrations = committed.Number,
                Records = history.With(Record(history.Id, committed)),
            },
        ConnectionEvents.OwnerRolledBack back => history is null
            ? null
            : history with
            {
                RunsOn = back.Owner,
                Epoch = back.Epoch,
                Migrations = back.Number,
                Records = history.With(Record(history.Id, back)),
            },
        ConnectionEvents.Closed closed => history is null
            ? null
            : history with
            {
                Ended = closed.Reason,
                EndedAt = closed.At,
                BytesReceived = closed.BytesReceived,
                BytesSent = closed.BytesSent,
            },
        _ => throw new NotSupportedException($"{next.GetType().Name} is no event of a connection's history"),
    };

    private ImmutableList<MigrationRecord> With(MigrationRecord record) =>
        (Records.Count < RecordsKept ? Records : Records.RemoveAt(0)).Add(record);

    private static MigrationRecord Record(string id, ConnectionEvents.OwnerCommitted committed) => new(
        id, committed.Number, committed.From, committed.To, committed.Epoch, committed.Trigger,
        committed.Salvaged ? MigrationOutcome.Salvaged : MigrationOutcome.Completed, "", committed.At,
        committed.BlackoutMicroseconds, committed.UnacknowledgedBytes, committed.UnsentBytes, committed.UndeliveredBytes,
        LedgerText.Parse(committed.Ledger));

    private static MigrationRecord Record(string id, ConnectionEvents.OwnerRolledBack back) => new(
        id, back.Number, back.Owner, back.To, back.Epoch, back.Trigger, MigrationOutcome.RolledBack, back.Detail, back.At, 0, 0,
        0, 0, []);
}
