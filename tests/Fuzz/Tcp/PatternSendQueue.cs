using System.Buffers;
using ActorStack.Transport.Buffers;
using static ActorStack.Fuzz.InvariantException;

namespace ActorStack.Fuzz.Tcp;

/// <summary>A send queue whose bytes need no memory, because each is known by its position in the stream.</summary>
/// <param name="sliceLimit">A slice is never longer, as in a queue of many parts.</param>
internal sealed class PatternSendQueue(Pattern pattern, int sliceLimit) : ISendQueue
{
    public long Acknowledged { get; private set; }

    public long Length { get; private set; }

    public long Limit { get; set; }

    public int Carried => 0;

    public bool IsCompleted { get; set; }

    /// <summary>Bytes ever written.</summary>
    public long Written => Acknowledged + Length;

    public void Write(int count) => Length += count;

    public ReadOnlySequence<byte> Slice(long offset, int count)
    {
        Require(offset >= 0 && offset < Length && count > 0, $"{count} bytes at {offset} asked for, {Length} are there");
        return pattern.Sequence(Acknowledged + offset, (int)Math.Min(Math.Min(count, sliceLimit), Length - offset));
    }

    public void Acknowledge(long count)
    {
        Require(count >= 0 && count <= Length, $"{count} bytes acknowledged, {Length} are there");
        Acknowledged += count;
        Length -= count;
    }

    /// <summary>The queue on the other machine: it has the payload of the image, which must be what this one has.</summary>
    public PatternSendQueue Successor(ReadOnlySpan<byte> payload)
    {
        Require(payload.Length == Length, "the image does not carry all that was written");
        pattern.Verify(payload, Acknowledged, "the payload of the image");
        return new PatternSendQueue(pattern, sliceLimit)
        {
            Acknowledged = Acknowledged,
            Length = Length,
            IsCompleted = IsCompleted,
        };
    }
}
