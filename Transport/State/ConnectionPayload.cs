using ActorStack.Transport.State.Sections;

namespace ActorStack.Transport.State;

/// <summary>
/// The bytes of a connection's queues, beside its record: the ranges that the record names (<see cref="QueuesSection"/>). They are
/// not copied on the way through an engine, and can travel ahead of the record and in chunks.
/// </summary>
public sealed record ConnectionPayload
{
    /// <summary>No bytes at all.</summary>
    public static ConnectionPayload None { get; } = new();

    /// <summary>From <see cref="TcpConnectionState.SendStart"/> on: unacknowledged bytes, then unsent ones.</summary>
    public ReadOnlyMemory<byte> Send { get; init; }

    /// <summary>In-order bytes that the application has not got, up to RCV.NXT.</summary>
    public ReadOnlyMemory<byte> Undelivered { get; init; }

    /// <summary>The out-of-order runs, in the order of <see cref="QueuesSection.OutOfOrderSequences"/>.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> OutOfOrder { get; init; } = [];

    /// <summary>All ranges have the lengths that <paramref name="queues"/> names.</summary>
    public bool Matches(QueuesSection queues) => Send.Length == queues.SendLength
        && Undelivered.Length == queues.UndeliveredLength
        && OutOfOrder.Count == queues.OutOfOrderLengths.Length
        && !OutOfOrder.Where((run, index) => run.Length != queues.OutOfOrderLengths[index]).Any();
}
