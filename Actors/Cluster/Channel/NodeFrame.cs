using System.Buffers.Binary;
using System.Text;
using ActorStack.Actors.Serialization.Messages;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Cluster.Channel;

/// <summary>
/// The layout of a message on a <see cref="NodeChannel"/>: a header, the manifest in ASCII, and the fields of the message with
/// their own checksum. The header has, in little-endian order, the length of the fields (4 bytes), the length of the manifest
/// (2), the version of this layout (2), and the CRC-32C of these and of the manifest (4).
/// </summary>
internal static class NodeFrame
{
    public const int HeaderLength = 12;

    /// <summary>The longest manifest, in bytes.</summary>
    public const int LongestManifest = 255;

    /// <summary>The version of the layout, which never changes for a message that an earlier build reads.</summary>
    public const ushort Version = 1;

    private const int ManifestLengthAt = 4;
    private const int VersionAt = 6;
    private const int ChecksumAt = 8;

    /// <summary>The bytes that a message takes.</summary>
    /// <exception cref="ArgumentException">The message is larger than the largest one.</exception>
    public static int Length(NodeMessage message)
    {
        var length = NodeMessageCodec.Length(message);
        if (length <= NodeMessageCodec.MaximumLength) return HeaderLength + NodeMessageCodec.Manifest(message).Length + length;
        throw new ArgumentException(
            $"A {message.GetType().Name} of {length} bytes is larger than the {NodeMessageCodec.MaximumLength} bytes of the "
            + "largest message between nodes.", nameof(message));
    }

    /// <summary>Writes a message into <paramref name="destination"/>, which has its <see cref="Length"/>.</summary>
    public static void Write(NodeMessage message, Span<byte> destination)
    {
        var manifest = NodeMessageCodec.Manifest(message);
        var fields = destination[(HeaderLength + manifest.Length)..];
        WriteHeader(manifest, fields.Length, destination);
        NodeMessageCodec.Write(message, fields);
    }

    /// <summary>Writes the header and the manifest, behind which the fields follow.</summary>
    public static void WriteHeader(string manifest, int fieldsLength, Span<byte> destination)
    {
        BinaryPrimitives.WriteInt32LittleEndian(destination, fieldsLength);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[ManifestLengthAt..], (ushort)manifest.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[VersionAt..], Version);
        Encoding.ASCII.GetBytes(manifest, destination[HeaderLength..]);
        BinaryPrimitives.WriteUInt32LittleEndian(
            destination[ChecksumAt..], Checksum(destination, destination.Slice(HeaderLength, manifest.Length)));
    }

    /// <summary>
    /// The bytes of the frame at the beginning of <paramref name="source"/>, which has a header at least. Nothing is allocated
    /// for it before its header was checked.
    /// </summary>
    /// <exception cref="FormatException">The lengths are out of bounds, or the peer has another version of the
    /// layout.</exception>
    public static int ReadLength(ReadOnlySpan<byte> source)
    {
        var version = BinaryPrimitives.ReadUInt16LittleEndian(source[VersionAt..]);
        if (version != Version)
            throw new FormatException($"the peer speaks version {version} of the channel, and this build {Version}");
        var fields = BinaryPrimitives.ReadInt32LittleEndian(source);
        if (fields is < 0 or > NodeMessageCodec.MaximumLength)
            throw new FormatException(
                $"a message of {fields} bytes is larger than the largest of {NodeMessageCodec.MaximumLength}");
        var manifest = ManifestLength(source);
        if (manifest is 0 or > LongestManifest) throw new FormatException($"a manifest has {manifest} bytes");
        return HeaderLength + manifest + fields;
    }

    /// <summary>The manifest and the fields of a frame, which has its <see cref="ReadLength"/>.</summary>
    /// <exception cref="FormatException">The header is damaged.</exception>
    public static (string Manifest, int FieldsAt) ReadManifest(ReadOnlySpan<byte> frame)
    {
        var manifest = frame.Slice(HeaderLength, ManifestLength(frame));
        if (Checksum(frame, manifest) != BinaryPrimitives.ReadUInt32LittleEndian(frame[ChecksumAt..]))
            throw new FormatException("damaged: the checksum of the header is wrong");
        return (Encoding.ASCII.GetString(manifest), HeaderLength + manifest.Length);
    }

    private static int ManifestLength(ReadOnlySpan<byte> header) =>
        BinaryPrimitives.ReadUInt16LittleEndian(header[ManifestLengthAt..]);

    private static uint Checksum(ReadOnlySpan<byte> header, ReadOnlySpan<byte> manifest)
    {
        var crc = new Crc32C();
        crc.Append(header[..ChecksumAt]);
        crc.Append(manifest);
        return crc.Value;
    }
}
