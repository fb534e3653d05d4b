using ActorStack.Transport.State;

namespace ActorStack.Actors.Migration;

/// <summary>The record of one migration.</summary>
/// <param name="Number">The number of the migration, counted from 1 for each connection.</param>
/// <param name="From">The previous owner: <c>software</c> or an engine's name.</param>
/// <param name="Trigger">The cause: <c>operator</c>, <c>policy: rule NAME</c>, <c>engine: REASON</c>.</param>
/// <param name="Detail">The message of the side that refused or failed; empty where the migration succeeded.</param>
/// <param name="BlackoutMicroseconds">The time in which no stack answered the peer.</param>
public sealed record MigrationRecord(
    string ConnectionId,
    int Number,
    string From,
    string To,
    long Epoch,
    string Trigger,
    MigrationOutcome Outcome,
    string Detail,
    DateTimeOffset At,
    double BlackoutMicroseconds,
    long UnacknowledgedBytes,
    long UnsentBytes,
    long UndeliveredBytes,
    IReadOnlyList<FidelityEntry> Ledger);
