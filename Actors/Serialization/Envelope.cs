using System.Buffers.Binary;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Serialization;

/// <summary>
/// The envelope around a Hyperion blob, so that Hyperion reads only bytes that this format wrote: magic, schema version, epoch,
/// layout, length, and a CRC-32C over everything else. Network byte order. The checksum detects damage, not malice.
/// </summary>
internal readonly record struct Envelope(ushort Version, long Epoch, uint Layout)
{
    /// <summary>The greatest length of a blob, many times both windows of a connection.</summary>
    public const int MaximumBlob = 64 * 1024 * 1024;

    public const int HeaderLength = ChecksumOffset + sizeof(uint);

    private const uint Magic = 0x4153544B; // "ASTK"
    private const int VersionOffset = sizeof(uint);
    private const int EpochOffset = VersionOffset + sizeof(ushort);
    private const int LayoutOffset = EpochOffset + sizeof(long);
    private const int LengthOffset = LayoutOffset + sizeof(uint);
    private const int ChecksumOffset = LengthOffset + sizeof(int);

    /// <summary>
    /// Writes the header before the blob, which is in <paramref name="bytes"/> from <see cref="HeaderLength"/> on.
    /// </summary>
    public void Seal(Span<byte> bytes)
    {
        var length = bytes.Length - HeaderLength;
        if (length > MaximumBlob) throw new FormatException($"{length} bytes do not fit into an envelope of {MaximumBlob}");

        BinaryPrimitives.WriteUInt32BigEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[VersionOffset..], Version);
        BinaryPrimitives.WriteInt64BigEndian(bytes[EpochOffset..], Epoch);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[LayoutOffset..], Layout);
        BinaryPrimitives.WriteInt32BigEndian(bytes[LengthOffset..], length);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[ChecksumOffset..], Checksum(bytes));
    }

    /// <summary>Checks the header and the checksum; throws <see cref="FormatException"/> naming the problem.</summary>
    public static Envelope Open(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderLength)
            throw new FormatException($"truncated: {bytes.Length} bytes, the header alone has {HeaderLength}");

        var magic = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (magic != Magic) throw new FormatException($"magic is {magic:X8}, not {Magic:X8}: this is no record of ActorStack");

        var length = BinaryPrimitives.ReadInt32BigEndian(bytes[LengthOffset..]);
        if (length is < 0 or > MaximumBlob) throw new FormatException($"length {length} is not within 0 to {MaximumBlob}");
        if (length != bytes.Length - HeaderLength)
            throw new FormatException($"length says {length} bytes, {bytes.Length - HeaderLength} follow the header");

        var stored = BinaryPrimitives.ReadUInt32BigEndian(bytes[ChecksumOffset..]);
        var computed = Checksum(bytes);
        if (stored != computed)
            throw new FormatException($"checksum is {stored:X8}, the bytes give {computed:X8}: the record is damaged");

        return new Envelope(
            BinaryPrimitives.ReadUInt16BigEndian(bytes[VersionOffset..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[EpochOffset..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[LayoutOffset..]));
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = new Crc32C();
        crc.Append(bytes[..ChecksumOffset]);
        crc.Append(bytes[HeaderLength..]);
        return crc.Value;
    }
}
