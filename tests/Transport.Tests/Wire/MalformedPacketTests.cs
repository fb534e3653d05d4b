using System.Buffers;
using System.Buffers.Binary;
using ActorStack.Tests.Common;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Wire;

public sealed class MalformedPacketTests
{
    private readonly byte[] _ipv4 = Packets.Encode(Sample(isIPv6: false));
    private readonly byte[] _ipv6 = Packets.Encode(Sample(isIPv6: true));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void APacketCutAtAnyLengthIsTruncated(bool isIPv6)
    {
        var packet = isIPv6 ? _ipv6 : _ipv4;
        for (var length = 0; length < packet.Length; length++)
            Assert.Equal(Malformation.Truncated, Packets.Read(packet[..length]).Malformation);
        Assert.Equal(Malformation.None, Packets.Read(packet).Malformation);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PaddingOfTheLinkIsNoPayload(bool isIPv6)
    {
        var packet = isIPv6 ? _ipv6 : _ipv4;
        var padded = Packets.Read([.. packet, .. new byte[37]]);
        Assert.Equal(PacketKind.Tcp, padded.Kind);
        Assert.Equal(Packets.Read(packet).Tcp.Payload.ToArray(), padded.Tcp.Payload.ToArray());
    }

    [Theory]
    [InlineData(0x05)]
    [InlineData(0x55)]
    [InlineData(0xF5)]
    public void AnUnknownVersionIsSaid(byte first) =>
        Assert.Equal(Malformation.IpVersion, Changed(_ipv4, packet => packet[0] = first));

    [Fact]
    public void AnIPv4HeaderLengthBelowItsMinimumIsSaid() =>
        Assert.Equal(Malformation.IpHeaderLength, Changed(_ipv4, packet => packet[0] = 0x44));

    [Fact]
    public void AnIPv4HeaderLongerThanThePacketIsTruncated() =>
        Assert.Equal(Malformation.Truncated, Packets.Read([0x4F, .. _ipv4.AsSpan(1, 30)]).Malformation);

    [Fact]
    public void AnIPv4TotalLengthShorterThanTheHeaderIsSaid() =>
        Assert.Equal(
            Malformation.IpTotalLength, Changed(_ipv4, packet => BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), 19)));

    [Fact]
    public void AFlippedBitInAnIPv4HeaderIsNeverAcceptedAsASegment()
    {
        for (var bit = 0; bit < 20 * 8; bit++)
            Assert.NotEqual(PacketKind.Tcp, Packets.Read(Flip(_ipv4, bit), checksumVerified: true).Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AFlippedBitBehindTheIpHeaderIsATcpMalformation(bool isIPv6)
    {
        var packet = isIPv6 ? _ipv6 : _ipv4;
        for (var bit = (isIPv6 ? 40 : 20) * 8; bit < packet.Length * 8; bit++)
            Assert.Contains(Packets.Read(Flip(packet, bit)).Malformation,
                (Malformation[])[Malformation.TcpChecksum, Malformation.TcpHeaderLength]);
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x40)]
    [InlineData(0xF0)]
    public void ATcpHeaderLengthOutsideTheSegmentIsSaid(byte dataOffset)
    {
        var bare = Sample(isIPv6: false);
        bare.Payload = default;
        Assert.Equal(Malformation.TcpHeaderLength, Changed(Packets.Encode(bare), packet => packet[20 + 12] = dataOffset));
    }

    [Fact]
    public void ASegmentShorterThanATcpHeaderIsTruncated() => Assert.Equal(Malformation.Truncated, Changed(_ipv4[..39], packet =>
    {
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), 39);
        Sign(packet);
    }));

    [Fact]
    [Rfc(9293, "3.1")]
    public void OptionsOfIllegalLengthAreSaid() => Assert.Equal(Malformation.TcpOptions, Changed(_ipv4, packet =>
    {
        packet[40] = 8;
        packet[41] = 1;
        PacketWriter.RewriteChecksum(packet, ChecksumMode.Full);
    }));

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void APortOfZeroIsSaid(int field) => Assert.Equal(Malformation.TcpPort, Changed(_ipv4, packet =>
    {
        packet.AsSpan(20 + field, 2).Clear();
        PacketWriter.RewriteChecksum(packet, ChecksumMode.Full);
    }));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.250")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("ff02::1")]
    public void ASegmentFromOrToNoSingleHostIsSaid(string address)
    {
        var segment = Sample(address.Contains(':'));
        var (local, remote) = segment.Flow;
        segment.Flow = new FlowKey(local with { Address = IpAddress.Parse(address) }, remote);
        Assert.Equal(Malformation.IpAddress, Packets.Read(Packets.Encode(segment)).Malformation);
        segment.Flow = new FlowKey(local, remote with { Address = IpAddress.Parse(address) });
        Assert.Equal(Malformation.IpAddress, Packets.Read(Packets.Encode(segment)).Malformation);
    }

    [Theory]
    [InlineData(0x2000, PacketKind.Fragment)]
    [InlineData(0x0001, PacketKind.Fragment)]
    [InlineData(0x3FFF, PacketKind.Fragment)]
    [InlineData(0x4000, PacketKind.Tcp)]
    [InlineData(0x8000, PacketKind.Tcp)]
    public void IPv4FragmentsAreTold(int field, PacketKind kind)
    {
        var packet = _ipv4.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), (ushort)field);
        Sign(packet);
        Assert.Equal(kind, Packets.Read(packet).Kind);
    }

    [Fact]
    public void IPv4OptionsAreSkipped()
    {
        byte[] packet = [.. _ipv4.AsSpan(0, 20), 0x94, 0x04, 0x00, 0x00, .. _ipv4.AsSpan(20)];
        packet[0] = 0x46;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        Sign(packet);
        Assert.Equal(PacketKind.Tcp, Packets.Read(packet).Kind);
    }

    [Theory]
    [InlineData(PacketKind.Tcp, 0, "3C00010400000000", "0600010400000000")]
    [InlineData(PacketKind.Tcp, 60, "0601010C000000000000000000000000")]
    [InlineData(PacketKind.Tcp, 43, "0600000000000000")]
    [InlineData(PacketKind.Malformed, 43, "0600000100000000")]
    [InlineData(PacketKind.Tcp, 44, "0600000012345678")]
    [InlineData(PacketKind.Fragment, 44, "0600000112345678")]
    [InlineData(PacketKind.Fragment, 44, "0600000812345678")]
    [InlineData(PacketKind.Other, 59, "0000000000000000")]
    [InlineData(PacketKind.Malformed, 60, "06FF010400000000")]
    [Rfc(8200, "4.1")]
    public void IPv6ExtensionHeadersAreWalked(PacketKind kind, int first, params string[] extensions) =>
        Assert.Equal(kind, Packets.Read(WithExtensions((byte)first, string.Concat(extensions))).Kind);

    [Fact]
    public void MoreExtensionHeadersThanTheBoundAreSaid()
    {
        const string Another = "3C00010400000000";
        const string Last = "0600010400000000";
        Assert.Equal(PacketKind.Tcp, Packets.Read(WithExtensions(60, string.Concat(Enumerable.Repeat(Another, 7)) + Last)).Kind);
        var tooMany = Packets.Read(WithExtensions(60, string.Concat(Enumerable.Repeat(Another, 8)) + Last));
        Assert.Equal(Malformation.IpExtensionHeaders, tooMany.Malformation);
    }

    [Fact]
    public void AnExtensionHeaderCutShortIsSaid()
    {
        var packet = WithExtensions(60, "0600010400000000");
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), 7);
        Assert.Equal(Malformation.IpExtensionHeaders, Packets.Read(packet).Malformation);
    }

    [Fact]
    public void AnotherProtocolIsOther()
    {
        var packet = _ipv4.ToArray();
        packet[9] = 17;
        Sign(packet);
        Assert.Equal(PacketKind.Other, Packets.Read(packet).Kind);
        packet[9] = 58;
        Sign(packet);
        Assert.Equal(PacketKind.Other, Packets.Read(packet).Kind);
    }

    private byte[] WithExtensions(byte first, string hex)
    {
        byte[] packet = [.. _ipv6.AsSpan(0, 40), .. Packets.FromHex(hex), .. _ipv6.AsSpan(40)];
        packet[6] = first;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)(packet.Length - 40));
        return packet;
    }

    private static Malformation Changed(byte[] packet, Action<byte[]> change)
    {
        var copy = packet.ToArray();
        change(copy);
        var read = Packets.Read(copy);
        Assert.Equal(PacketKind.Malformed, read.Kind);
        return read.Malformation;
    }

    /// <summary>Writes the IPv4 header checksum.</summary>
    private static void Sign(byte[] packet)
    {
        packet.AsSpan(10, 2).Clear();
        var length = (packet[0] & 0x0F) * 4;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), NaiveChecksum.Compute(packet.AsSpan(0, length)));
    }

    private static byte[] Flip(byte[] packet, int bit)
    {
        var copy = packet.ToArray();
        copy[bit / 8] ^= (byte)(1 << (bit % 8));
        return copy;
    }

    private static OutboundSegment Sample(bool isIPv6)
    {
        var segment = RandomSegments.Next(new Random(51), isIPv6, maximumPayload: 0);
        segment.Options = new TcpOptions { HasTimestamps = true, TimestampValue = 1 };
        segment.Payload = new ReadOnlySequence<byte>([1, 2, 3, 4, 5]);
        return segment;
    }
}
