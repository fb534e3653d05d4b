using System.Buffers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.State;

/// <summary>
/// Puts the chunks of one connection's payload together, in whatever order they arrive. Bytes that arrive twice are dropped.
/// Bytes that travelled ahead and were acknowledged or delivered meanwhile are cut off, because only the record says which ranges
/// count.
/// </summary>
/// <param name="connectionId">The connection whose payload it is; a chunk of another connection is refused.</param>
/// <param name="epoch">The epoch of the move; a chunk of another move is refused.</param>
/// <param name="limit">Bytes that may be held, so that no sender makes the process grow.</param>
public sealed class PayloadAssembly(string connectionId, long epoch, int limit = PayloadAssembly.DefaultLimit)
{
    /// <summary>The default limit, bytes: both windows of a connection, many times over.</summary>
    public const int DefaultLimit = 64 * 1024 * 1024;

    /// <summary>Each piece counts as this many bytes besides its own, which bounds the number of tiny pieces.</summary>
    private const int PieceWeight = 4096;

    private readonly QueueAssembly _send = new();
    private readonly QueueAssembly _receive = new();
    private long _weight;

    /// <summary>Takes a chunk, which is not copied: its bytes must stay.</summary>
    /// <exception cref="FormatException">It is damaged, of another connection or move, or beyond the limit.</exception>
    public void Add(ReadOnlyMemory<byte> bytes)
    {
        var chunk = PayloadChunk.Decode(bytes);
        if (chunk.ConnectionId != connectionId)
            throw new FormatException($"a chunk of connection '{chunk.ConnectionId}' came for connection '{connectionId}'");
        if (chunk.Epoch != epoch)
            throw new FormatException($"connection '{connectionId}': a chunk has epoch {chunk.Epoch}, the move {epoch}");
        if (_weight + bytes.Length + PieceWeight > limit)
            throw new FormatException($"connection '{connectionId}': more payload came than {limit} bytes");

        var pieces = Of(chunk.Range.Queue).Add(chunk.Range);
        if (pieces > 0) _weight += bytes.Length + (long)pieces * PieceWeight;
    }

    /// <summary>The ranges of the record that no chunk brought yet; none: <see cref="Complete"/> succeeds.</summary>
    public IEnumerable<(PayloadQueue Queue, SequenceNumber Start, SequenceNumber End)> Missing(TcpConnectionState state) =>
        from needed in Needed(state)
        from part in Of(needed.Queue).Missing(needed.Start, needed.Length)
        select (needed.Queue, part.Start, part.End);

    /// <summary>
    /// The payload that <paramref name="state"/> names, made of the chunks, which are not copied but for an out-of-order run of
    /// several.
    /// </summary>
    /// <exception cref="FormatException">Some of it is missing; the message names the first part.</exception>
    public ConnectionPayload Complete(TcpConnectionState state)
    {
        foreach (var (queue, start, end) in Missing(state))
            throw new FormatException($"connection '{connectionId}': {end - start} bytes of the {queue} queue are missing from "
                + $"sequence number {start} on");

        _send.Sort();
        _receive.Sort();
        var queues = state.Queues;
        return new ConnectionPayload
        {
            Send = _send.Take(new SequenceNumber(state.SendStart), queues.SendLength),
            Undelivered = _receive.Take(new SequenceNumber(state.UndeliveredStart), queues.UndeliveredLength),
            OutOfOrder =
            [
                .. queues.OutOfOrderSequences.Select((start, run) =>
                    Joined(_receive.Take(new SequenceNumber(start), (int)queues.OutOfOrderLengths[run]))),
            ],
        };
    }

    private static ReadOnlyMemory<byte> Joined(in ReadOnlySequence<byte> run) => run.IsSingleSegment ? run.First : run.ToArray();

    private static IEnumerable<(PayloadQueue Queue, SequenceNumber Start, int Length)> Needed(TcpConnectionState state)
    {
        var queues = state.Queues;
        yield return (PayloadQueue.Send, new SequenceNumber(state.SendStart), queues.SendLength);
        yield return (PayloadQueue.Receive, new SequenceNumber(state.UndeliveredStart), queues.UndeliveredLength);
        for (var run = 0; run < queues.OutOfOrderSequences.Length; run++)
            yield return (PayloadQueue.Receive, new SequenceNumber(queues.OutOfOrderSequences[run]),
                (int)queues.OutOfOrderLengths[run]);
    }

    private QueueAssembly Of(PayloadQueue queue) => queue is PayloadQueue.Send ? _send : _receive;
}
