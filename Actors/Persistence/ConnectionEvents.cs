namespace ActorStack.Actors.Persistence;

/// <summary>
/// The events of a connection in the journal: its life cycle, never one for each segment. The types are flat, because the
/// stored events outlive the code.
/// </summary>
public static class ConnectionEvents
{
    internal const string ClosedManifest = "connection-closed/1";

    /// <summary>The connection was established. Addresses are written as <c>address:port</c>.</summary>
    public sealed record Opened(string Id, string Local, string Remote, string Service, DateTimeOffset At) : IConnectionEvent;

    /// <summary>
    /// A migration raised the epoch: from now on only <paramref name="To"/> at <paramref name="Epoch"/> may emit.
    /// </summary>
    /// <param name="From">The previous owner: <c>software</c> or an engine's name.</param>
    /// <param name="Trigger">The cause: <c>operator</c>, <c>policy: rule NAME</c>, <c>engine: REASON</c>.</param>
    public sealed record OwnerClaimed(long Epoch, string From, string To, string Trigger, DateTimeOffset At) : IConnectionEvent;

    /// <summary>The migration was committed: the claimant runs the connection.</summary>
    /// <param name="Number">The number of the migration, counted from 1 for each connection.</param>
    /// <param name="Salvaged">The engine was lost, and the connection was rebuilt from host memory.</param>
    /// <param name="Ledger">The fields that were not kept exactly, each <c>Field: Lost: reason</c>, separated by <c>;
    /// </c>.</param>
    public sealed record OwnerCommitted(
        int Number,
        long Epoch,
        string From,
        string To,
        string Trigger,
        bool Salvaged,
        double BlackoutMicroseconds,
        long UnacknowledgedBytes,
        long UnsentBytes,
        long UndeliveredBytes,
        string Ledger,
        DateTimeOffset At) : IConnectionEvent;

    /// <summary>The migration was rolled back: <paramref name="Owner"/> continued at <paramref name="Epoch"/>.</summary>
    /// <param name="Detail">The message of the side that refused or failed.</param>
    public sealed record OwnerRolledBack(
        int Number, long Epoch, string Owner, string To, string Trigger, string Detail, DateTimeOffset At) : IConnectionEvent;

    /// <summary>The connection has ended.</summary>
    public sealed record Closed(string Reason, long BytesReceived, long BytesSent, DateTimeOffset At) : IConnectionEvent;
}
