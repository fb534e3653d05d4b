using System.Buffers.Binary;

namespace ActorStack.Fuzz;

/// <summary>The fuzzer's bytes as decisions; zeros once they are used up, so that a truncated input is one too.</summary>
internal sealed class FuzzInput(ReadOnlyMemory<byte> bytes)
{
    private int _at;

    public bool IsEmpty => _at >= bytes.Length;

    public byte Byte() => IsEmpty ? (byte)0 : bytes.Span[_at++];

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian([Byte(), Byte(), Byte(), Byte()]);

    public long Int64() => (long)UInt32() << 32 | UInt32();

    /// <summary>0 to 65,536: small ones exactly, large ones in steps.</summary>
    public int Size()
    {
        var value = Byte();
        return value < 128 ? value : (value - 127) * 512;
    }

    /// <summary>A signed distance: small ones exactly, large ones in steps.</summary>
    public int Distance()
    {
        var value = (sbyte)Byte();
        return Math.Abs((int)value) < 64 ? value : (Math.Abs((int)value) - 63) * Math.Sign(value) * 1024;
    }

    public ReadOnlyMemory<byte> Take(int count)
    {
        var taken = bytes.Slice(Math.Min(_at, bytes.Length), Math.Min(count, Math.Max(0, bytes.Length - _at)));
        _at += taken.Length;
        return taken;
    }

    public ReadOnlyMemory<byte> Rest() => Take(bytes.Length);
}
