using ActorStack.Transport.State;

namespace ActorStack.Actors.Migration;

/// <summary>What is kept of every migration.</summary>
/// <param name="Number">Counts the connection's migrations from 1.</param>
/// <param name="From"><c>software</c> or an engine's name.</param>
/// <param name="Trigger">Who wanted it: <c>operator</c>, <c>policy: rule NAME</c>, <c>engine: REASON</c>.</param>
/// <param name="Detail">What the refusing or failing side said; empty where all went well.</param>
/// <param name="BlackoutMicroseconds">Time in which no stack answered for the connection.</param>
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
