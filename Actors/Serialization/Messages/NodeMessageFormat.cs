using System.Buffers.Binary;
using ActorStack.Actors.Cluster;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Serialization.Messages;

/// <summary>The layout of one message between nodes: its fields, then their CRC-32C.</summary>
/// <param name="manifest">The name of the message with the version of its layout, which never changes.</param>
/// <param name="type">The message.</param>
internal abstract class NodeMessageFormat(string manifest, Type type)
{
    public string Manifest => manifest;

    public Type Type => type;

    public abstract int Length(NodeMessage message);

    /// <summary>Writes the message into <paramref name="destination"/>, which has its length.</summary>
    public abstract void Write(NodeMessage message, Span<byte> destination);

    /// <exception cref="FormatException">The bytes are damaged, truncated or not of this message.</exception>
    public abstract NodeMessage Read(ReadOnlySpan<byte> bytes);
}

/// <inheritdoc/>
/// <param name="manifest">As in the base class.</param>
/// <param name="write">Writes the fields.</param>
/// <param name="read">Reads the fields.</param>
internal sealed class NodeMessageFormat<T>(
    string manifest, NodeMessageFormat<T>.Writing write, NodeMessageFormat<T>.Reading read)
    : NodeMessageFormat(manifest, typeof(T))
    where T : NodeMessage
{
    private const int ChecksumLength = sizeof(uint);

    public delegate void Writing(ref MessageWriter writer, T message);

    public delegate T Reading(ref MessageReader reader);

    public override int Length(NodeMessage message)
    {
        var counter = new MessageWriter();
        write(ref counter, (T)message);
        return counter.Length + ChecksumLength;
    }

    public override void Write(NodeMessage message, Span<byte> destination)
    {
        var fields = destination[..^ChecksumLength];
        var writer = new MessageWriter(fields);
        write(ref writer, (T)message);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[fields.Length..], Checksum(fields));
    }

    public override NodeMessage Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < ChecksumLength) throw new FormatException("truncated: the checksum is missing");
        var fields = bytes[..^ChecksumLength];
        if (Checksum(fields) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[^ChecksumLength..]))
            throw new FormatException("damaged or truncated: the checksum is wrong");
        var reader = new MessageReader(fields);
        var message = read(ref reader);
        reader.End();
        return message;
    }

    private static uint Checksum(ReadOnlySpan<byte> fields)
    {
        var crc = new Crc32C();
        crc.Append(fields);
        return crc.Value;
    }
}
