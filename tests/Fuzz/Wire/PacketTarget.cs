using System.Buffers;
using ActorStack.Transport.Wire;
using static ActorStack.Fuzz.InvariantException;

namespace ActorStack.Fuzz.Wire;

/// <summary>
/// One arriving packet through all that reads packets. The first byte says which checksums are made right before, because no
/// fuzzer finds those by itself.
/// </summary>
internal static class PacketTarget
{
    private const int IpChecksum = 1;
    private const int TransportChecksum = 2;
    private const int Verified = 4;
    private const int WithVirtioHeader = 8;

    private static readonly byte[] Room = new byte[ushort.MaxValue + IPv6Layout.Length];

    public static void Run(ReadOnlyMemory<byte> bytes)
    {
        var input = new FuzzInput(bytes);
        var mode = input.Byte();
        var virtio = (mode & WithVirtioHeader) != 0 ? ReadVirtioHeader(input) : default;
        var packet = input.Rest().ToArray();
        if ((mode & IpChecksum) != 0) PacketRepair.IpChecksum(packet);
        if ((mode & TransportChecksum) != 0) PacketRepair.TransportChecksum(packet);

        PacketReader.Read(packet, (mode & Verified) != 0 || virtio.IsChecksumVerified, virtio.GsoSize, out var read);
        CheckBounds(read, packet.Length);
        if (read.Kind == PacketKind.Tcp) CheckSegment(packet, read);
        else CheckMessage(read);
        VirtioNetHeader.Prepare(packet, virtio.GsoSize);
    }

    private static VirtioNetHeader ReadVirtioHeader(FuzzInput input)
    {
        var bytes = new byte[VirtioNetHeader.Size];
        input.Take(bytes.Length).CopyTo(bytes);
        return VirtioNetHeader.Read(bytes);
    }

    private static void CheckBounds(in IpPacket read, int length)
    {
        Require(read.Kind == PacketKind.Malformed == (read.Malformation != Malformation.None),
            "kind and malformation contradict each other");
        Require(read.Payload.Length <= length && read.Tcp.Payload.Length <= read.Payload.Length,
            "the payload is longer than the packet");
        Require(read.Tcp.Options.SackCount <= SackBlocks.Capacity, "more SACK blocks than there is room for");
    }

    private static void CheckMessage(in IpPacket read)
    {
        IcmpReader.TryRead(read, out var message);
        Require(
            !message.QuotesTcp || message.Kind >= IcmpKind.DestinationUnreachable, "a message that quotes nothing has a flow");
        var length = IcmpWriter.WriteEchoReply(Room, read, hopLimit: 64);
        if (length == 0) return;
        PacketReader.Read(Room.AsMemory(0, length), checksumVerified: false, segmentSize: 0, out var reply);
        Require(
            reply.Kind == PacketKind.Icmp && reply.Payload.Length == read.Payload.Length, "the echo reply is no intact message");
    }

    /// <summary>Written again and cut into parts, the parts say what the segment said.</summary>
    private static void CheckSegment(byte[] packet, in IpPacket read)
    {
        var whole = Outbound(read);
        var cutter = new SegmentCutter(whole);
        var expected = read.Tcp.Sequence;
        var position = 0;
        while (cutter.TryNext(out var part))
        {
            var written = Write(part);
            PacketReader.Read(written, checksumVerified: false, segmentSize: 0, out var again);
            Require(again.Kind == PacketKind.Tcp && again.Flow == read.Flow, "what was written is not read");
            Require(again.Tcp.Sequence == expected && again.Tcp.Acknowledgment == read.Tcp.Acknowledgment, "numbers changed");
            Require(
                again.Tcp.Payload.Span.SequenceEqual(read.Tcp.Payload.Span.Slice(position, again.Tcp.Payload.Length)),
                "payload changed");
            Require(again.Tcp.Window == read.Tcp.Window && Same(again.Tcp.Options, part.Options), "window or options changed");
            position += again.Tcp.Payload.Length;
            expected = again.Tcp.End;
        }

        Require(position == read.Tcp.Payload.Length, "payload was lost in cutting");
        CheckMerger(packet, read);
    }

    private static OutboundSegment Outbound(in IpPacket read) => new()
    {
        Flow = read.Flow.Reversed,
        Sequence = read.Tcp.Sequence,
        Acknowledgment = read.Tcp.Acknowledgment,
        Flags = read.Tcp.Flags,
        Window = read.Tcp.Window,
        UrgentPointer = read.Tcp.UrgentPointer,
        Options = Writable(read.Tcp.Options),
        MaximumPayload = Math.Max(100, (int)read.Tcp.SegmentSize),
        HopLimit = 64,
        Payload = new ReadOnlySequence<byte>(read.Tcp.Payload[..Math.Min(read.Tcp.Payload.Length, PacketWriter.MaximumPayload)]),
    };

    /// <summary>A header may hold more SACK blocks than the writer's padding leaves room for.</summary>
    private static TcpOptions Writable(TcpOptions options)
    {
        while (options.SackCount > 0 && TcpOptionCodec.Length(options) < LengthWith(options)) options.SackCount--;
        return options;
    }

    private static int LengthWith(TcpOptions options)
    {
        var blocks = options.SackCount;
        options.SackCount = 0;
        return TcpOptionCodec.Length(options) + 4 + 8 * blocks;
    }

    private static byte[] Write(in OutboundSegment segment)
    {
        var packet = new byte[PacketWriter.MaximumHeader + (int)segment.Payload.Length];
        var length = PacketWriter.WriteHeaders(packet, segment, ChecksumMode.Full);
        segment.Payload.CopyTo(packet.AsSpan(length));
        return packet[..(length + (int)segment.Payload.Length)];
    }

    private static bool Same(in TcpOptions left, in TcpOptions right) =>
        left.MaximumSegmentSize == right.MaximumSegmentSize
        && left.HasWindowScale == right.HasWindowScale && left.WindowScale == right.WindowScale
        && left.SackPermitted == right.SackPermitted
        && left.HasTimestamps == right.HasTimestamps && left.TimestampValue == right.TimestampValue
        && left.TimestampEcho == right.TimestampEcho
        && ((ReadOnlySpan<SackBlock>)left.Sack)[..left.SackCount].SequenceEqual(
            ((ReadOnlySpan<SackBlock>)right.Sack)[..right.SackCount]);

    /// <summary>The packet, and behind it the same text again as the next segment.</summary>
    private static void CheckMerger(byte[] packet, in IpPacket read)
    {
        var merged = new byte[ushort.MaxValue + IPv6Layout.Length];
        packet.CopyTo(merged, 0);
        if (!SegmentMerger.TryStart(merged, packet.Length, out var merger)) return;
        var next = Outbound(read);
        next.Sequence = read.Tcp.End;
        var appended = merger.TryAppend(Write(next)) ? read.Tcp.Payload.Length : 0;
        var length = merger.Finish();
        PacketReader.Read(merged.AsMemory(0, length), checksumVerified: true, segmentSize: 0, out var whole);
        Require(whole.Kind == PacketKind.Tcp && whole.Tcp.Payload.Length == read.Tcp.Payload.Length + appended,
            "merging lost payload");
    }
}
