using System.Buffers.Binary;

namespace ActorStack.Transport.Wire;

/// <summary>
/// Receive offload in software: appends to a packet the payload of the segments that follow it, where their headers agree. The
/// result is like that of a device: one packet whose checksum is partial.
/// </summary>
internal struct SegmentMerger
{
    private const int MaximumLength = ushort.MaxValue;
    private const TcpFlags Mergeable = TcpFlags.Ack | TcpFlags.Psh;

    private readonly byte[] _packet;
    private readonly int _headerLength;
    private readonly SequenceNumber _sequence;
    private int _length;
    private bool _isClosed;

    private SegmentMerger(byte[] packet, int length, in IpPacket first)
    {
        _packet = packet;
        _length = length;
        _headerLength = length - first.Tcp.Payload.Length;
        _sequence = first.Tcp.Sequence;
        _isClosed = first.Tcp.Has(TcpFlags.Psh);
        SegmentSize = (ushort)first.Tcp.Payload.Length;
    }

    /// <summary>Payload bytes of every segment merged, but perhaps the last.</summary>
    public ushort SegmentSize { get; }

    /// <summary>
    /// Starts with the packet at the front of <paramref name="packet"/>; false where it is nothing to append to.
    /// </summary>
    public static bool TryStart(byte[] packet, int length, out SegmentMerger merger)
    {
        merger = default;
        PacketReader.Read(packet.AsMemory(0, length), checksumVerified: false, segmentSize: 0, out var first);
        if (!IsMergeable(first) || first.Payload.Length + HeaderLengthOf(packet[0]) != length) return false;
        merger = new SegmentMerger(packet, length, first);
        return true;
    }

    /// <summary>Appends the payload of <paramref name="next"/>; false, and nothing done, where it does not follow.</summary>
    public bool TryAppend(ReadOnlyMemory<byte> next)
    {
        if (_isClosed || _length + next.Length - _headerLength > MaximumLength) return false;
        PacketReader.Read(next, checksumVerified: false, segmentSize: 0, out var packet);
        var payload = packet.Tcp.Payload.Span;
        if (!IsMergeable(packet) || packet.Tcp.Sequence != _sequence + (_length - _headerLength)) return false;
        if (payload.Length > SegmentSize || payload.Length != next.Length - _headerLength || !SaysTheSame(next.Span))
            return false;

        payload.CopyTo(_packet.AsSpan(_length));
        _length += payload.Length;
        _isClosed = payload.Length < SegmentSize || packet.Tcp.Has(TcpFlags.Psh);
        _packet[IpLength + TcpLayout.Flags] |= (byte)packet.Tcp.Flags;
        return true;
    }

    /// <summary>Writes lengths and checksums of the merged packet and returns its length.</summary>
    public readonly int Finish()
    {
        var packet = _packet.AsSpan(0, _length);
        if (IpLength == IPv6Layout.Length)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet[IPv6Layout.PayloadLength..], (ushort)(_length - IPv6Layout.Length));
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet[IPv4Layout.TotalLength..], (ushort)_length);
            packet.Slice(IPv4Layout.Checksum, sizeof(ushort)).Clear();
            BinaryPrimitives.WriteUInt16BigEndian(packet[IPv4Layout.Checksum..], Checksum.Compute(packet[..IPv4Layout.Length]));
        }

        PacketWriter.RewriteChecksum(packet, ChecksumMode.Partial);
        return _length;
    }

    private readonly int IpLength => HeaderLengthOf(_packet[0]);

    private static int HeaderLengthOf(byte version) => version >> 4 == 6 ? IPv6Layout.Length : IPv4Layout.Length;

    private static bool IsMergeable(in IpPacket packet) =>
        packet.Kind == PacketKind.Tcp && packet.Tcp.Has(TcpFlags.Ack) && (packet.Tcp.Flags & ~Mergeable) == 0
            && !packet.Tcp.Payload.IsEmpty;

    /// <summary>
    /// The headers are equal except for the fields that differ in every segment: lengths, checksums, IPv4 identification,
    /// sequence number and PSH.
    /// </summary>
    private readonly bool SaysTheSame(ReadOnlySpan<byte> next)
    {
        Span<byte> left = stackalloc byte[PacketWriter.MaximumHeader];
        Span<byte> right = stackalloc byte[PacketWriter.MaximumHeader];
        return Canonical(_packet, left).SequenceEqual(Canonical(next, right));
    }

    private readonly Span<byte> Canonical(ReadOnlySpan<byte> packet, Span<byte> header)
    {
        header = header[.._headerLength];
        packet[.._headerLength].CopyTo(header);
        if (IpLength == IPv6Layout.Length)
        {
            header.Slice(IPv6Layout.PayloadLength, sizeof(ushort)).Clear();
        }
        else
        {
            header.Slice(IPv4Layout.TotalLength, sizeof(ushort)).Clear();
            header.Slice(IPv4Layout.Identification, sizeof(ushort)).Clear();
            header.Slice(IPv4Layout.Checksum, sizeof(ushort)).Clear();
        }

        var tcp = header[IpLength..];
        tcp.Slice(TcpLayout.Sequence, sizeof(uint)).Clear();
        tcp.Slice(TcpLayout.Checksum, sizeof(ushort)).Clear();
        tcp[TcpLayout.Flags] &= unchecked((byte)~TcpFlags.Psh);
        return header;
    }
}
