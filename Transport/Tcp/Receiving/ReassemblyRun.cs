using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Receiving;

/// <summary>Contiguous bytes beyond a gap. Runs may touch; they never overlap.</summary>
internal struct ReassemblyRun(SequenceNumber start, byte[] bytes, int length)
{
    public SequenceNumber Start { get; } = start;

    public readonly SequenceNumber End => Start + Length;

    public int Length { get; private set; } = length;

    public byte[] Bytes { get; } = bytes;

    /// <summary>Bytes that the array has room for.</summary>
    public readonly int Spare => Bytes.Length - Length;

    public readonly ReadOnlySpan<byte> Span => Bytes.AsSpan(0, Length);

    /// <summary>Appends the bytes that fit into the spare room of the array; returns their number.</summary>
    public int Append(ReadOnlySpan<byte> bytes)
    {
        var count = Math.Min(bytes.Length, Spare);
        bytes[..count].CopyTo(Bytes.AsSpan(Length));
        Length += count;
        return count;
    }
}
