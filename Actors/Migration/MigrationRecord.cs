using ActorStack.Transport.State;

namespace ActorStack.Actors.Migration;

/// <summary>The record of one migration.</summary>
/// <param name="ConnectionId">The connection's name.</param>
/// <param name="Number">The number of the migration, counted from 1 for each connection.</param>
/// <param name="From">The previous owner: <c>software</c> or an engine's name.</param>
/// <param name="To"><c>software</c> or an engine's name.</param>
/// <param name="Epoch">The epoch that the migration claimed.</param>
/// <param name="Trigger">The cause: <c>operator</c>, <c>policy: rule NAME</c>, <c>engine: REASON</c>.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Detail">The message of the side that refused or failed; empty where the migration succeeded.</param>
/// <param name="At">The wall clock at its end.</param>
/// <param name="BlackoutMicroseconds">The time in which no stack answered the peer.</param>
/// <param name="UnacknowledgedBytes">Payload bytes that moved because they were sent and not acknowledged.</param>
/// <param name="UnsentBytes">Payload bytes that moved because they were not sent yet.</param>
/// <param name="UndeliveredBytes">Payload bytes that moved because the application had not been given them yet.</param>
/// <param name="Ledger">The fields that did not move exactly.</param>
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
    IReadOnlyList<FidelityEntry> Ledger)
{
    /// <summary>
    /// The segments that the connection had sent again when its state was taken; null: not known, because no state was taken or
    /// the record is of an earlier start. The difference between two moves is what happened between them.
    /// </summary>
    public long? Retransmissions { get; init; }
}
