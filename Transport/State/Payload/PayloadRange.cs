using System.Buffers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.State;

/// <summary>Bytes that follow each other in one queue.</summary>
/// <param name="Queue">The queue that the bytes are of.</param>
/// <param name="Start">Sequence number of the first.</param>
/// <param name="Bytes">The bytes; they are not copied.</param>
public readonly record struct PayloadRange(PayloadQueue Queue, SequenceNumber Start, ReadOnlySequence<byte> Bytes)
{
    /// <summary>Sequence number after the last.</summary>
    public SequenceNumber End => Start + (int)Bytes.Length;
}
