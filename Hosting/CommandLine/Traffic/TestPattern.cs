using System.Buffers.Binary;
using System.Collections.Concurrent;

namespace ActorStack.CommandLine.Traffic;

/// <summary>
/// A repeatable stream of pseudo-random bytes: one random block, repeated, with a number in front of each copy. A lost,
/// duplicated or misplaced block therefore changes the digest, as a flipped bit does.
/// </summary>
internal sealed class TestPattern
{
    private const int BlockSize = 64 * 1024;

    private static readonly ConcurrentDictionary<int, byte[]> Blocks = new();

    private readonly byte[] _block;
    private readonly ResumableDigest _digest;
    private long _number;
    private int _taken = BlockSize;

    public TestPattern(int seed)
        : this(seed, bytes: 0, new ResumableDigest())
    {
    }

    /// <summary>Continues a pattern after so many bytes, with the digest of them.</summary>
    public TestPattern(int seed, long bytes, ResumableDigest digest)
    {
        _block = [.. Blocks.GetOrAdd(seed, Make)];
        (Bytes, _digest) = (bytes, digest);
        (_number, var taken) = Math.DivRem(bytes, BlockSize);
        if (taken == 0) return;
        BinaryPrimitives.WriteInt64LittleEndian(_block, _number++);
        _taken = (int)taken;
    }

    public long Bytes { get; private set; }

    /// <summary>The next bytes, at most <paramref name="most"/>; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Next(long most)
    {
        if (_taken == BlockSize)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_block, _number++);
            _taken = 0;
        }

        var count = (int)Math.Min(most, BlockSize - _taken);
        var bytes = _block.AsMemory(_taken, count);
        _taken += count;
        Bytes += count;
        _digest.Append(bytes.Span);
        return bytes;
    }

    /// <summary>The digest of all bytes that were returned.</summary>
    public ResumableDigest Digest => _digest;

    private static byte[] Make(int seed)
    {
        var block = new byte[BlockSize];
        new Random(seed).NextBytes(block);
        return block;
    }
}
