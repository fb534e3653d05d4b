using System.Buffers.Binary;
using System.Numerics;

namespace ActorStack.Transport.Wire;

/// <summary>CRC-32C (Castagnoli), the checksum of RFC 3720 section 12.1.</summary>
public struct Crc32C()
{
    private uint _crc = uint.MaxValue;

    /// <summary>The checksum of the bytes appended so far.</summary>
    public readonly uint Value => ~_crc;

    /// <summary>Continues the checksum with these bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            _crc = BitOperations.Crc32C(_crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var single in bytes) _crc = BitOperations.Crc32C(_crc, single);
    }
}
