using System.Buffers;
using ActorStack.Transport.Emulation.Paths;
using ActorStack.Transport.Tests.Wire;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Links;

public sealed class FrameCutterTests
{
    private const int SegmentSize = 1_400;
    private const int Count = 5;

    /// <summary>
    /// Every part of a frame, cut out by the path and then cut by the device, is what the device would have made of the whole.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_part_of_a_frame_is_as_the_device_would_have_cut_it(bool isIPv6)
    {
        var segment = Segment(isIPv6);
        var expected = Cut(segment);
        var bytes = Encode(segment);
        var frame = FrameParser.Describe(bytes);
        Assert.Equal(Count, frame.Count);
        for (var first = 0; first < Count; first++)
        {
            for (var count = 1; count <= Count - first; count++)
            {
                var part = Part(bytes, frame, first, count, isMarked: false);
                Assert.Equal(count > 1, VirtioNetHeader.Read(part).IsMerged);
                Assert.Equal(expected[first..(first + count)], Cut(Decode(part)));
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_marked_packet_carries_CE_and_whole_checksums(bool isIPv6)
    {
        var bytes = Encode(Segment(isIPv6));
        var part = Part(bytes, FrameParser.Describe(bytes), 2, 1, isMarked: true);
        PacketReader.Read(part.AsMemory(VirtioNetHeader.Size), checksumVerified: true, segmentSize: 0, out var packet);
        Assert.Equal(EcnCodepoint.CongestionExperienced, packet.Tcp.Ecn);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_flipped_bit_is_found_by_the_receiver(bool isIPv6)
    {
        var bytes = Encode(Segment(isIPv6));
        for (var i = 0; i < 50; i++)
        {
            var part = Part(bytes, FrameParser.Describe(bytes), 1, 1, isMarked: false);
            PacketCorruption.Apply(part, (part.Length - VirtioNetHeader.Size) * 8 - 1 - i * 97);
            Assert.False(VirtioNetHeader.Read(part).IsChecksumVerified);
            PacketReader.Read(part.AsMemory(VirtioNetHeader.Size), checksumVerified: false, segmentSize: 0, out var packet);
            Assert.NotEqual(PacketKind.Tcp, packet.Kind);
        }
    }

    [Fact]
    public void A_frame_that_cannot_be_cut_as_it_says_is_one_packet()
    {
        var bytes = Encode(Segment(isIPv6: false));
        for (var length = VirtioNetHeader.Size; length < VirtioNetHeader.Size + 53; length++)
            Assert.Equal(1, FrameParser.Describe(bytes.AsSpan(0, length)).Count);
    }

    private static OutboundSegment Segment(bool isIPv6)
    {
        var random = new Random(3);
        var payload = new byte[SegmentSize * (Count - 1) + 77];
        random.NextBytes(payload);
        return RandomSegments.Next(random, isIPv6, maximumPayload: 0) with
        {
            Sequence = new SequenceNumber(uint.MaxValue - 2_000),
            Flags = TcpFlags.Ack | TcpFlags.Psh | TcpFlags.Fin | TcpFlags.Cwr,
            TrafficClass = (byte)EcnCodepoint.Ect0,
            UrgentPointer = 0,
            MaximumPayload = SegmentSize,
            Payload = new ReadOnlySequence<byte>(payload),
        };
    }

    private static byte[] Encode(in OutboundSegment segment)
    {
        var packet = Packets.Encode(segment, ChecksumMode.Partial);
        var bytes = new byte[VirtioNetHeader.Size + packet.Length];
        VirtioNetHeader.For(segment, packet.Length - (int)segment.Payload.Length).Write(bytes);
        packet.CopyTo(bytes, VirtioNetHeader.Size);
        return bytes;
    }

    private static byte[] Part(byte[] bytes, in PathFrame frame, int first, int count, bool isMarked)
    {
        var payload = frame.PayloadOf(first, count);
        var part = new byte[VirtioNetHeader.Size + frame.HeaderLength + payload];
        var length = FrameCutter.WriteHeaders(part, bytes, frame, first, count, isMarked);
        bytes.AsSpan(length + first * SegmentSize, payload).CopyTo(part.AsSpan(length));
        return part;
    }

    /// <summary>What a link gets from such a frame, to be sent on.</summary>
    private static OutboundSegment Decode(byte[] part)
    {
        var header = VirtioNetHeader.Read(part);
        PacketReader.Read(part.AsMemory(VirtioNetHeader.Size), checksumVerified: true, header.GsoSize, out var packet);
        Assert.Equal(PacketKind.Tcp, packet.Kind);
        return new OutboundSegment
        {
            Flow = packet.Flow.Reversed,
            Sequence = packet.Tcp.Sequence,
            Acknowledgment = packet.Tcp.Acknowledgment,
            Flags = packet.Tcp.Flags,
            Window = packet.Tcp.Window,
            Options = packet.Tcp.Options,
            MaximumPayload = header.GsoSize,
            HopLimit = packet.HopLimit,
            TrafficClass = (byte)packet.Tcp.Ecn,
            Payload = new ReadOnlySequence<byte>(packet.Tcp.Payload),
        };
    }

    private static List<string> Cut(in OutboundSegment segment)
    {
        var cutter = new SegmentCutter(segment);
        var packets = new List<string>();
        while (cutter.TryNext(out var cut)) packets.Add(Convert.ToHexString(Packets.Encode(cut)));
        return packets;
    }
}
