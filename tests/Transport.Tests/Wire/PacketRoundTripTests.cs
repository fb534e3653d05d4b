using System.Buffers;
using System.Buffers.Binary;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Wire;

public sealed class PacketRoundTripTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhatIsWrittenIsRead(bool isIPv6)
    {
        var random = new Random(11);
        for (var round = 0; round < 20_000; round++)
        {
            var segment = RandomSegments.Next(random, isIPv6, maximumPayload: 200);
            AssertSame(segment, Packets.Read(Packets.Encode(segment)));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheLongestSuperSegmentIsWrittenAndRead(bool isIPv6)
    {
        var random = new Random(12);
        var segment = RandomSegments.Next(random, isIPv6, maximumPayload: 0);
        segment.Payload = new ReadOnlySequence<byte>(new byte[PacketWriter.MaximumPayload]);
        segment.MaximumPayload = 1_400;
        AssertSame(segment, Packets.Read(Packets.Encode(segment)));
    }

    [Fact]
    public void APayloadThatNoPacketHoldsIsTheCallersError()
    {
        var segment = RandomSegments.Next(new Random(13), isIPv6: false, maximumPayload: 0);
        segment.Payload = new ReadOnlySequence<byte>(new byte[PacketWriter.MaximumPayload + 1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => Packets.Encode(segment));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void APartialChecksumIsThePseudoHeadersSumAndCompletesToTheFullOne(bool isIPv6)
    {
        var random = new Random(14);
        for (var round = 0; round < 2_000; round++)
        {
            var segment = RandomSegments.Next(random, isIPv6, maximumPayload: 99);
            var full = Packets.Encode(segment, ChecksumMode.Full);
            var partial = Packets.Encode(segment, ChecksumMode.Partial);
            var tcp = isIPv6 ? 40 : 20;

            // What a device does with it: sum from the TCP header on, the field included.
            var completed = NaiveChecksum.Compute(partial.AsSpan(tcp));
            Assert.Equal(BinaryPrimitives.ReadUInt16BigEndian(full.AsSpan(tcp + 16)), completed);
            AssertSame(segment, Packets.Read(partial, checksumVerified: true));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RewritingAChecksumGivesWhatTheWriterWouldHaveWritten(bool isIPv6)
    {
        var random = new Random(15);
        for (var round = 0; round < 500; round++)
        {
            var segment = RandomSegments.Next(random, isIPv6, maximumPayload: 99);
            var full = Packets.Encode(segment, ChecksumMode.Full);
            var partial = Packets.Encode(segment, ChecksumMode.Partial);
            var bytes = full.ToArray();
            Assert.Equal(isIPv6 ? 40 : 20, PacketWriter.RewriteChecksum(bytes, ChecksumMode.Partial));
            Assert.Equal(partial, bytes);
            PacketWriter.RewriteChecksum(bytes, ChecksumMode.Full);
            Assert.Equal(full, bytes);
        }
    }

    [Fact]
    public void PacketsOfAFlowCarryOneFlowLabelAndFlowsDiffer()
    {
        var random = new Random(16);
        var labels = new HashSet<int>();
        for (var flow = 0; flow < 100; flow++)
        {
            var segment = RandomSegments.Next(random, isIPv6: true, maximumPayload: 10);
            var other = RandomSegments.Next(random, isIPv6: true, maximumPayload: 10);
            other.Flow = segment.Flow;
            Assert.Equal(Label(segment), Label(other));
            labels.Add(Label(segment));
        }

        Assert.InRange(labels.Count, 95, 100);

        static int Label(in OutboundSegment segment)
        {
            var bytes = Packets.Encode(segment);
            return (bytes[1] & 0x0F) << 16 | bytes[2] << 8 | bytes[3];
        }
    }

    private static void AssertSame(in OutboundSegment sent, in IpPacket packet)
    {
        Assert.Equal(Malformation.None, packet.Malformation);
        Assert.Equal(PacketKind.Tcp, packet.Kind);
        Assert.Equal(sent.Flow.Reversed, packet.Flow);
        Assert.Equal(sent.HopLimit, packet.HopLimit);
        Assert.Equal(sent.Sequence, packet.Tcp.Sequence);
        Assert.Equal(sent.Acknowledgment, packet.Tcp.Acknowledgment);
        Assert.Equal(sent.Flags, packet.Tcp.Flags);
        Assert.Equal(sent.Window, packet.Tcp.Window);
        Assert.Equal(sent.UrgentPointer, packet.Tcp.UrgentPointer);
        Assert.Equal(sent.TrafficClass & 3, (int)packet.Tcp.Ecn);
        Assert.Equal(sent.Payload.ToArray(), packet.Tcp.Payload.ToArray());
        TcpOptionTests.AssertSame(sent.Options, packet.Tcp.Options);
    }
}
