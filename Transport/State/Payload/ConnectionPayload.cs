using System.Buffers;
using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.State;

/// <summary>
/// The bytes of a connection's queues, beside its record: the ranges that the record names (<see cref="QueuesSection"/>). They
/// are not copied on the way through an engine, and can travel ahead of the record and in chunks (<see cref="PayloadCutter"/>).
/// </summary>
public sealed record ConnectionPayload
{
    /// <summary>No bytes at all.</summary>
    public static ConnectionPayload None { get; } = new();

    /// <summary>From <see cref="TcpConnectionState.SendStart"/> on: unacknowledged bytes, then unsent ones.</summary>
    public ReadOnlySequence<byte> Send { get; init; }

    /// <summary>In-order bytes that the application has not got, up to RCV.NXT.</summary>
    public ReadOnlySequence<byte> Undelivered { get; init; }

    /// <summary>The out-of-order runs, in the order of <see cref="QueuesSection.OutOfOrderSequences"/>.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> OutOfOrder { get; init; } = [];

    /// <summary>True where all ranges have the lengths that <paramref name="queues"/> names.</summary>
    public bool Matches(QueuesSection queues)
    {
        var isMatch = Send.Length == queues.SendLength && Undelivered.Length == queues.UndeliveredLength
            && OutOfOrder.Count == queues.OutOfOrderLengths.Length;
        for (var run = 0; isMatch && run < OutOfOrder.Count; run++)
            isMatch = OutOfOrder[run].Length == queues.OutOfOrderLengths[run];
        return isMatch;
    }

    /// <summary>The ranges that hold bytes, with the sequence numbers that <paramref name="state"/> gives them.</summary>
    public IEnumerable<PayloadRange> Ranges(TcpConnectionState state)
    {
        if (!Send.IsEmpty) yield return new PayloadRange(PayloadQueue.Send, new SequenceNumber(state.SendStart), Send);
        if (!Undelivered.IsEmpty)
            yield return new PayloadRange(PayloadQueue.Receive, new SequenceNumber(state.UndeliveredStart), Undelivered);
        for (var run = 0; run < OutOfOrder.Count; run++)
        {
            var start = new SequenceNumber(state.Queues.OutOfOrderSequences[run]);
            if (!OutOfOrder[run].IsEmpty) yield return new PayloadRange(
                PayloadQueue.Receive, start, new ReadOnlySequence<byte>(OutOfOrder[run]));
        }
    }
}
