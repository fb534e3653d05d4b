using ActorStack.Transport.State;

namespace ActorStack.Actors.Migration;

/// <summary>The record of one migration, which is kept after it.</summary>
/// <param name="ConnectionId">The connection's name.</param>
/// <param name="Number">Counts the connection's migrations from 1.</param>
/// <param name="From"><c>software</c> or an engine's name.</param>
/// <param name="To"><c>software</c> or an engine's name.</param>
/// <param name="Epoch">The epoch that the migration claimed.</param>
/// <param name="Trigger">Who wanted it: <c>operator</c>, <c>policy: rule NAME</c>, <c>engine: REASON</c>.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Detail">What the refusing or failing side said; empty where all went well.</param>
/// <param name="At">The wall clock at its end.</param>
/// <param name="BlackoutMicroseconds">Time in which no stack answered for the connection.</param>
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
    IReadOnlyList<FidelityEntry> Ledger);
