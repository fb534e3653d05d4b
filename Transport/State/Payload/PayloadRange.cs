using ActorStack.Transport.Wire;

namespace ActorStack.Transport.State;

/// <summary>Bytes that follow each other in one queue.</summary>
/// <param name="Start">Sequence number of the first.</param>
public readonly record struct PayloadRange(PayloadQueue Queue, SequenceNumber Start, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Sequence number after the last.</summary>
    public SequenceNumber End => Start + Bytes.Length;
}
