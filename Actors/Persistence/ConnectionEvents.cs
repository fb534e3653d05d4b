namespace ActorStack.Actors.Persistence;

/// <summary>
/// What the journal holds of a connection: life-cycle events, never one per segment. Flat, because they outlive the code.
/// </summary>
public static class ConnectionEvents
{
    internal const string ClosedManifest = "connection-closed/1";

    /// <summary>The handshake is done. Addresses as <c>address:port</c>.</summary>
    public sealed record Opened(string Id, string Local, string Remote, string Service, DateTimeOffset At) : IConnectionEvent;

    /// <summary>The connection comes from another node. Addresses as <c>address:port</c>.</summary>
    public sealed record Arrived(
        string Id, string Local, string Remote, string Service, string Node, long Epoch, DateTimeOffset At) : IConnectionEvent;

    /// <summary>
    /// A migration raised the epoch: from now on only <paramref name="To"/> at <paramref name="Epoch"/> may emit.
    /// </summary>
    /// <param name="Epoch">The fencing token: one more than that of the claim before.</param>
    /// <param name="From"><c>software</c> or an engine's name.</param>
    /// <param name="To"><c>software</c> or an engine's name.</param>
    /// <param name="Trigger">Who wanted it: <c>operator</c>, <c>policy: rule NAME</c>, <c>engine: REASON</c>.</param>
    /// <param name="At">The wall clock.</param>
    public sealed record OwnerClaimed(long Epoch, string From, string To, string Trigger, DateTimeOffset At) : IConnectionEvent;

    /// <summary>The claim was kept.</summary>
    /// <param name="Number">Counts the connection's migrations from 1.</param>
    /// <param name="Epoch">The epoch of the claim.</param>
    /// <param name="From"><c>software</c> or an engine's name.</param>
    /// <param name="To"><c>software</c> or an engine's name.</param>
    /// <param name="Trigger">Who wanted it: <c>operator</c>, <c>policy: rule NAME</c>, <c>engine: REASON</c>.</param>
    /// <param name="Salvaged">The engine was lost; the connection was rebuilt from host memory.</param>
    /// <param name="BlackoutMicroseconds">Time in which no stack answered for the connection.</param>
    /// <param name="UnacknowledgedBytes">Payload bytes that moved because they were sent and not acknowledged.</param>
    /// <param name="UnsentBytes">Payload bytes that moved because they were not sent yet.</param>
    /// <param name="UndeliveredBytes">Payload bytes that moved because the application had not been given them yet.</param>
    /// <param name="Ledger">Fields that did not move exactly, <c>Field: Lost: reason</c>, separated by <c>; </c>.</param>
    /// <param name="At">The wall clock.</param>
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

    /// <summary>The claim was given up; <paramref name="Owner"/> went on at <paramref name="Epoch"/>.</summary>
    /// <param name="Number">Counts the connection's migrations from 1.</param>
    /// <param name="Epoch">The epoch of the claim.</param>
    /// <param name="Owner"><c>software</c> or the engine's name.</param>
    /// <param name="To"><c>software</c> or an engine's name.</param>
    /// <param name="Trigger">Who wanted it: <c>operator</c>, <c>policy: rule NAME</c>, <c>engine: REASON</c>.</param>
    /// <param name="Detail">What the refusing or failing side said.</param>
    /// <param name="At">The wall clock.</param>
    public sealed record OwnerRolledBack(
        int Number, long Epoch, string Owner, string To, string Trigger, string Detail, DateTimeOffset At) : IConnectionEvent;

    /// <summary>The connection is no more.</summary>
    public sealed record Closed(string Reason, long BytesReceived, long BytesSent, DateTimeOffset At) : IConnectionEvent;
}
