using System.Buffers.Binary;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Wire;

public sealed class IcmpTests
{
    private static readonly IpAddress RouterIPv4 = IpAddress.Parse("10.7.1.2");
    private static readonly IpAddress RouterIPv6 = IpAddress.Parse("fd00:7::2");

    /// <summary>
    /// A Linux 6.18 router about a super-segment of 3,000 bytes: 576 bytes in all, the rest of the quotation being "x".
    /// </summary>
    private const string FragmentationNeeded =
        """
        45c0 0240 99fb 0000 4001 c7f1 0a07 0102 0a07 0101 0304 e670 0000 0514 4500 0bec
        c2a3 4000 4006 5559 0a07 0101 0a07 0201 c5d4 0007 c819 5202 bd16 d5a0 8018 003f
        22ee 0000 0101 080a 92c9 3838 1e5c 5464
        """;

    [Fact]
    public void TheKernelsFragmentationNeededIsRead()
    {
        var bytes = Packets.FromHex(FragmentationNeeded);
        byte[] packet = [.. bytes, .. Enumerable.Repeat((byte)'x', 576 - bytes.Length)];
        var message = Read(packet);
        Assert.Equal(IcmpKind.PacketTooBig, message.Kind);
        Assert.Equal((3, 4), (message.Type, message.Code));
        Assert.Equal(1_300u, message.Mtu);
        Assert.True(message.QuotesTcp);
        Assert.Equal("10.7.1.1:50644 <- 10.7.2.1:7", message.Flow.ToString());
        Assert.Equal(3_357_102_594u, message.Sequence.Value);
    }

    [Theory]
    [InlineData(3, 0, IcmpKind.DestinationUnreachable)]
    [InlineData(3, 1, IcmpKind.DestinationUnreachable)]
    [InlineData(3, 3, IcmpKind.DestinationUnreachable)]
    [InlineData(3, 4, IcmpKind.PacketTooBig)]
    [InlineData(11, 0, IcmpKind.TimeExceeded)]
    [InlineData(12, 0, IcmpKind.ParameterProblem)]
    public void AnErrorNamesTheSegmentItIsAbout(byte type, byte code, IcmpKind kind)
    {
        var sent = RandomSegments.Next(new Random(81), isIPv6: false, maximumPayload: 50);

        // RFC 792 promises the IP header and eight bytes; less names nothing.
        for (var quoted = 20; quoted <= 60; quoted++)
        {
            var message = Read(Message(isIPv6: false, type, code, word: 1_280, Packets.Encode(sent).AsSpan(0, quoted).ToArray()));
            Assert.Equal(kind, message.Kind);
            Assert.Equal(kind == IcmpKind.PacketTooBig ? 1_280u : 0, message.Mtu);
            AssertQuotes(sent, message, quotesTcp: quoted >= 28);
        }
    }

    [Theory]
    [InlineData(1, 3, IcmpKind.DestinationUnreachable)]
    [InlineData(1, 4, IcmpKind.DestinationUnreachable)]
    [InlineData(2, 0, IcmpKind.PacketTooBig)]
    [InlineData(3, 0, IcmpKind.TimeExceeded)]
    [InlineData(4, 1, IcmpKind.ParameterProblem)]
    public void AnIPv6ErrorNamesTheSegmentItIsAbout(byte type, byte code, IcmpKind kind)
    {
        var sent = RandomSegments.Next(new Random(82), isIPv6: true, maximumPayload: 50);
        for (var quoted = 40; quoted <= 80; quoted++)
        {
            var message = Read(Message(isIPv6: true, type, code, word: 70_000, Packets.Encode(sent).AsSpan(0, quoted).ToArray()));
            Assert.Equal(kind, message.Kind);
            Assert.Equal(kind == IcmpKind.PacketTooBig ? 70_000u : 0, message.Mtu);
            AssertQuotes(sent, message, quotesTcp: quoted >= 48);
        }
    }

    [Fact]
    public void AQuotedFragmentThatIsNotTheFirstNamesNoSegment()
    {
        var quoted = Packets.Encode(RandomSegments.Next(new Random(83), isIPv6: false, maximumPayload: 50));
        BinaryPrimitives.WriteUInt16BigEndian(quoted.AsSpan(6), 0x2000);
        Assert.True(Read(Message(isIPv6: false, 11, 1, 0, quoted)).QuotesTcp);
        BinaryPrimitives.WriteUInt16BigEndian(quoted.AsSpan(6), 0x0010);
        Assert.False(Read(Message(isIPv6: false, 11, 1, 0, quoted)).QuotesTcp);
    }

    [Fact]
    public void AQuotedDatagramNamesNoSegment()
    {
        var quoted = Packets.Encode(RandomSegments.Next(new Random(84), isIPv6: false, maximumPayload: 50));
        quoted[9] = 17;
        Assert.False(Read(Message(isIPv6: false, 3, 3, 0, quoted)).QuotesTcp);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AFlippedBitIsAWrongChecksum(bool isIPv6)
    {
        var packet = Message(isIPv6, isIPv6 ? (byte)128 : (byte)8, 0, 0x1234_0001, [1, 2, 3]);
        for (var bit = (isIPv6 ? 40 : 20) * 8; bit < packet.Length * 8; bit++)
        {
            var copy = packet.ToArray();
            copy[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(Malformation.IcmpChecksum, Packets.Read(copy).Malformation);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AMessageShorterThanItsHeaderIsNotRead(bool isIPv6)
    {
        var packet = Message(isIPv6, 3, 3, 0, []);
        for (var length = 0; length < 8; length++) Assert.False(IcmpReader.TryRead(Shortened(packet, isIPv6, length), out _));
        Assert.True(IcmpReader.TryRead(Shortened(packet, isIPv6, 8), out _));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 56)]
    [InlineData(false, 1_471)]
    [InlineData(true, 0)]
    [InlineData(true, 57)]
    [InlineData(true, 1_452)]
    public void AnEchoRequestIsAnsweredWithItsData(bool isIPv6, int length)
    {
        var data = new byte[length];
        new Random(85).NextBytes(data);
        var request = Packets.Read(Message(isIPv6, isIPv6 ? (byte)128 : (byte)8, 0, 0xABCD_0007, data));
        var buffer = new byte[2_000];
        var written = IcmpWriter.WriteEchoReply(buffer, request, hopLimit: 64);
        Assert.Equal((isIPv6 ? 48 : 28) + length, written);

        var reply = Packets.Read(buffer[..written]);
        Assert.Equal(PacketKind.Icmp, reply.Kind);
        Assert.Equal(request.Flow.Reversed, reply.Flow);
        Assert.Equal(64, reply.HopLimit);
        Assert.True(IcmpReader.TryRead(reply, out var message));
        Assert.Equal(IcmpKind.EchoReply, message.Kind);
        Assert.Equal(request.Payload[4..].ToArray(), reply.Payload[4..].ToArray());
        Assert.Equal(0, IcmpWriter.WriteEchoReply(buffer.AsSpan(0, written - 1), request, hopLimit: 64));
        Assert.Equal(0, IcmpWriter.WriteEchoReply(buffer, reply, hopLimit: 64));
    }

    [Theory]
    [InlineData("10.0.0.1", "224.0.0.1")]
    [InlineData("0.0.0.0", "10.0.0.1")]
    [InlineData("fd00::1", "ff02::1")]
    public void AnEchoRequestFromOrToNoSingleHostIsNotAnswered(string source, string destination)
    {
        var isIPv6 = source.Contains(':');
        var bytes = Message(
            isIPv6, isIPv6 ? (byte)128 : (byte)8, 0, 0, [], IpAddress.Parse(source), IpAddress.Parse(destination));
        var request = Packets.Read(bytes);
        Assert.Equal(PacketKind.Icmp, request.Kind);
        Assert.Equal(0, IcmpWriter.WriteEchoReply(new byte[100], request, hopLimit: 64));
    }

    private static IcmpMessage Read(byte[] bytes)
    {
        var packet = Packets.Read(bytes);
        Assert.Equal(Malformation.None, packet.Malformation);
        Assert.Equal(PacketKind.Icmp, packet.Kind);
        Assert.True(IcmpReader.TryRead(packet, out var message));
        return message;
    }

    private static void AssertQuotes(in OutboundSegment sent, in IcmpMessage message, bool quotesTcp)
    {
        Assert.Equal(quotesTcp, message.QuotesTcp);
        if (!quotesTcp) return;
        Assert.Equal(sent.Flow, message.Flow);
        Assert.Equal(sent.Sequence, message.Sequence);
    }

    private static byte[] Message(bool isIPv6, byte type, byte code, uint word, byte[] data) => isIPv6
        ? Message(isIPv6, type, code, word, data, RouterIPv6, IpAddress.Parse("fd00:7::1"))
        : Message(isIPv6, type, code, word, data, RouterIPv4, IpAddress.Parse("10.7.1.1"));

    private static byte[] Message(
        bool isIPv6, byte type, byte code, uint word, byte[] data, IpAddress source, IpAddress destination)
    {
        byte[] message = [type, code, 0, 0, 0, 0, 0, 0, .. data];
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), word);
        var addresses = new byte[2 * source.Length];
        source.Write(addresses);
        destination.Write(addresses.AsSpan(source.Length));
        byte[] pseudoHeader = isIPv6 ? [.. addresses, 0, 0, (byte)(message.Length >> 8), (byte)message.Length, 0, 0, 0, 58] : [];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), NaiveChecksum.Compute([.. pseudoHeader, .. message]));

        var length = (ushort)(message.Length + (isIPv6 ? 0 : 20));
        byte[] header = isIPv6
            ? [0x60, 0, 0, 0, (byte)(length >> 8), (byte)length, 58, 255, .. addresses]
            : [0x45, 0, (byte)(length >> 8), (byte)length, 0, 0, 0, 0, 63, 1, 0, 0, .. addresses];
        if (!isIPv6) BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), NaiveChecksum.Compute(header));
        return [.. header, .. message];
    }

    private static IpPacket Shortened(byte[] packet, bool isIPv6, int length)
    {
        var read = Packets.Read(packet);
        Assert.Equal(PacketKind.Icmp, read.Kind);
        Assert.Equal(isIPv6, read.Flow.Local.Address.IsIPv6);
        read.Payload = read.Payload[..length];
        return read;
    }
}
