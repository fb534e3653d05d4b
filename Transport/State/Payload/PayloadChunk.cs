using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.State;

/// <summary>
/// A part of a connection's payload as it travels between nodes: magic, version, queue, epoch, sequence number, the connection's
/// name, CRC-32C over all but itself, then the bytes. Network byte order. The checksum tells damage, not malice.
/// </summary>
/// <param name="ConnectionId">The connection whose payload it is.</param>
/// <param name="Epoch">The epoch of the move that it belongs to.</param>
/// <param name="Range">The queue, the place in it, and the bytes.</param>
public readonly record struct PayloadChunk(string ConnectionId, long Epoch, PayloadRange Range)
{
    /// <summary>The largest payload of a chunk, bytes.</summary>
    public const int MaximumLength = 1024 * 1024;

    private const uint Magic = 0x41535450; // "ASTP"
    private const byte Version = 1;
    private const int VersionOffset = sizeof(uint);
    private const int QueueOffset = VersionOffset + 1;
    private const int EpochOffset = QueueOffset + 1;
    private const int SequenceOffset = EpochOffset + sizeof(long);
    private const int ChecksumOffset = SequenceOffset + sizeof(uint);
    private const int NameLengthOffset = ChecksumOffset + sizeof(uint);
    private const int NameOffset = NameLengthOffset + 1;

    /// <summary>The chunk as bytes; its payload is copied once.</summary>
    public byte[] Encode()
    {
        var name = Encoding.UTF8.GetByteCount(ConnectionId);
        if (name > byte.MaxValue)
            throw new ArgumentException($"the connection's name has {name} bytes, of at most {byte.MaxValue}");
        if (Range.Bytes.Length is 0 or > MaximumLength)
            throw new ArgumentException($"a chunk has 1 to {MaximumLength} bytes of payload, not {Range.Bytes.Length}");

        var bytes = GC.AllocateUninitializedArray<byte>(NameOffset + name + (int)Range.Bytes.Length);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Magic);
        bytes[VersionOffset] = Version;
        bytes[QueueOffset] = (byte)Range.Queue;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(EpochOffset), Epoch);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(SequenceOffset), Range.Start.Value);
        bytes[NameLengthOffset] = (byte)name;
        Encoding.UTF8.GetBytes(ConnectionId, bytes.AsSpan(NameOffset));
        Range.Bytes.CopyTo(bytes.AsSpan(NameOffset + name));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(ChecksumOffset), Checksum(bytes));
        return bytes;
    }

    /// <summary>Reads a chunk, whose payload stays in <paramref name="bytes"/>.</summary>
    /// <exception cref="FormatException">Names what is wrong.</exception>
    public static PayloadChunk Decode(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (span.Length < NameOffset)
            throw new FormatException($"truncated: {span.Length} bytes, a chunk's header alone has {NameOffset}");
        var magic = BinaryPrimitives.ReadUInt32BigEndian(span);
        if (magic != Magic) throw new FormatException($"magic is {magic:X8}, not {Magic:X8}: this is no chunk of payload");
        if (span[VersionOffset] != Version)
            throw new FormatException($"chunk version is {span[VersionOffset]}, this build reads {Version}");
        var stored = BinaryPrimitives.ReadUInt32BigEndian(span[ChecksumOffset..]);
        var computed = Checksum(span);
        if (stored != computed)
            throw new FormatException($"checksum is {stored:X8}, the bytes give {computed:X8}: the chunk is damaged");

        var queue = (PayloadQueue)span[QueueOffset];
        if (queue is not (PayloadQueue.Send or PayloadQueue.Receive))
            throw new FormatException($"queue {span[QueueOffset]} is unknown");
        var payload = NameOffset + span[NameLengthOffset];
        if (span.Length <= payload || span.Length - payload > MaximumLength)
            throw new FormatException($"a chunk has 1 to {MaximumLength} bytes of payload, not {span.Length - payload}");

        return new PayloadChunk(
            Encoding.UTF8.GetString(span[NameOffset..payload]),
            BinaryPrimitives.ReadInt64BigEndian(span[EpochOffset..]),
            new PayloadRange(
                queue, new SequenceNumber(BinaryPrimitives.ReadUInt32BigEndian(span[SequenceOffset..])),
                new ReadOnlySequence<byte>(bytes[payload..])));
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = new Crc32C();
        crc.Append(bytes[..ChecksumOffset]);
        crc.Append(bytes[NameLengthOffset..]);
        return crc.Value;
    }
}
