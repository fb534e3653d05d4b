using System.Buffers.Binary;
using System.IO.Hashing;

namespace ActorStack.CommandLine.Traffic;

/// <summary>
/// The digest of a stream that may be continued in another process: each block of 4 KiB is hashed by XXH128 with the digest of
/// the blocks before it as its seed. Its state is that digest and the bytes of the block that is not full; XXH128 itself gives
/// its state to nobody.
/// </summary>
internal sealed class ResumableDigest
{
    private const int BlockSize = 4096;
    private const int HeaderSize = 16;

    /// <summary>The largest state, in bytes.</summary>
    public const int MaximumState = HeaderSize + BlockSize - 1;

    private readonly byte[] _block = new byte[BlockSize];
    private int _filled;
    private UInt128 _chain;

    public ResumableDigest()
    {
    }

    /// <summary>Continues from <see cref="State"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The state has a wrong size.</exception>
    public ResumableDigest(ReadOnlySpan<byte> state)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(state.Length, HeaderSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(state.Length, MaximumState);
        _chain = BinaryPrimitives.ReadUInt128LittleEndian(state);
        Fill(state[HeaderSize..]);
    }

    /// <summary>The digest of all bytes so far.</summary>
    public UInt128 Current => _filled == 0 ? _chain : Hash(_block.AsSpan(0, _filled));

    /// <summary>A copy of the state.</summary>
    public byte[] State
    {
        get
        {
            var state = new byte[HeaderSize + _filled];
            BinaryPrimitives.WriteUInt128LittleEndian(state, _chain);
            _block.AsSpan(0, _filled).CopyTo(state.AsSpan(HeaderSize));
            return state;
        }
    }

    /// <summary>Copies only what begins or ends within a block.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_filled > 0)
        {
            var head = Math.Min(bytes.Length, BlockSize - _filled);
            Fill(bytes[..head]);
            bytes = bytes[head..];
            if (_filled < BlockSize) return;
            _chain = Hash(_block);
            _filled = 0;
        }

        for (; bytes.Length >= BlockSize; bytes = bytes[BlockSize..]) _chain = Hash(bytes[..BlockSize]);
        Fill(bytes);
    }

    private void Fill(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_block.AsSpan(_filled));
        _filled += bytes.Length;
    }

    private UInt128 Hash(ReadOnlySpan<byte> block) => XxHash128.HashToUInt128(block, seed: (long)(ulong)_chain);
}
