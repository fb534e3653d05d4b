using System.Buffers;
using System.Buffers.Binary;
using MQTTnet.Adapter;

namespace ActorStack.Samples.MqttBroker;

/// <summary>The frame of a control packet (MQTT 3.1.1 and 5, section 2): fixed header, then the remaining length.</summary>
internal static class PacketFrame
{
    private const int LengthBits = 7;
    private const int MostLengthBytes = 4;

    /// <summary>Takes the first packet, where it is there to its last byte.</summary>
    /// <exception cref="InvalidDataException">The packet is longer than <paramref name="limit"/>.</exception>
    public static byte[]? TryTake(ref ReadOnlySequence<byte> received, int limit)
    {
        var reader = new SequenceReader<byte>(received);
        if (!reader.TryRead(out _) || !TryReadLength(ref reader, out var length)) return null;
        if (length > limit) throw new InvalidDataException($"The packet has {length} bytes; the most are {limit}.");
        if (reader.Remaining < length) return null;
        var packet = received.Slice(0, reader.Consumed + length);
        received = received.Slice(packet.End);
        return packet.ToArray();
    }

    public static ReceivedMqttPacket ToReceived(byte[] packet)
    {
        var header = HeaderLength(packet);
        return new ReceivedMqttPacket(packet[0], new ArraySegment<byte>(packet, header, packet.Length - header), packet.Length);
    }

    /// <summary>Writes the identifier of a PUBLISH packet, which is behind its topic.</summary>
    public static void SetPublishIdentifier(Span<byte> packet, ushort identifier)
    {
        var body = packet[HeaderLength(packet)..];
        var topic = BinaryPrimitives.ReadUInt16BigEndian(body);
        BinaryPrimitives.WriteUInt16BigEndian(body[(sizeof(ushort) + topic)..], identifier);
    }

    private static int HeaderLength(ReadOnlySpan<byte> packet)
    {
        var end = 1;
        while ((packet[end] & (1 << LengthBits)) != 0) end++;
        return end + 1;
    }

    private static bool TryReadLength(ref SequenceReader<byte> reader, out int length)
    {
        length = 0;
        for (var i = 0; i < MostLengthBytes; i++)
        {
            if (!reader.TryRead(out var next)) return false;
            length |= (next & ((1 << LengthBits) - 1)) << (i * LengthBits);
            if ((next & (1 << LengthBits)) == 0) return true;
        }

        throw new InvalidDataException("The length of the packet has more than four bytes.");
    }
}
