using System.Buffers;

namespace ActorStack.Transport.Tests.Wire;

internal static class Sequences
{
    /// <summary>The bytes as a sequence of segments of 1 to <paramref name="maximum"/> bytes each.</summary>
    public static ReadOnlySequence<byte> Split(byte[] bytes, Random random, int maximum)
    {
        Segment? first = null;
        Segment? last = null;
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(random.Next(1, maximum + 1), bytes.Length - at);
            last = new Segment(bytes.AsMemory(at, length), last);
            first ??= last;
            at += length;
        }

        return first is null ? default : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is null) return;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }
}
