using System.Buffers;

namespace ActorStack.Fuzz;

/// <summary>Endless bytes that tell their position, modulo a prime, so that a lost, doubled or swapped byte is seen.</summary>
internal sealed class Pattern
{
    private const int Period = 65_537;
    private const int LongestSlice = 1 << 20;

    private readonly byte[] _bytes = new byte[Period + LongestSlice];

    public Pattern(int seed)
    {
        new Random(seed).NextBytes(_bytes.AsSpan(0, Period));
        for (var i = Period; i < _bytes.Length; i++) _bytes[i] = _bytes[i - Period];
    }

    /// <summary><paramref name="position"/> may be negative: what stands before the first byte.</summary>
    public ReadOnlyMemory<byte> Slice(long position, int count) =>
        _bytes.AsMemory((int)((position % Period + Period) % Period), count);

    public ReadOnlySequence<byte> Sequence(long position, int count) => new(Slice(position, count));

    public void Verify(ReadOnlySpan<byte> bytes, long position, string what)
    {
        if (bytes.SequenceEqual(Slice(position, bytes.Length).Span)) return;
        var at = bytes.CommonPrefixLength(Slice(position, bytes.Length).Span);
        throw new InvariantException($"{what}: byte {position + at} is not the one written");
    }
}
