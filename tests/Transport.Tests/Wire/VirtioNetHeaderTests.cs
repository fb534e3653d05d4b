using System.Buffers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Wire;

public sealed class VirtioNetHeaderTests
{
    [Fact]
    public void TheHeaderStandsAsTheKernelReadsIt()
    {
        var bytes = new byte[VirtioNetHeader.Size];
        var header = new VirtioNetHeader(VirtioNetHeader.NeedsChecksum, VirtioNetHeader.GsoTcpV4, 40, 1_460, 20, 16);
        header.Write(bytes);
        Assert.Equal("01012800B40514001000", Convert.ToHexString(bytes));
        Assert.Equal(header, VirtioNetHeader.Read(bytes));
    }

    [Theory]
    [InlineData(false, TcpFlags.Ack, 20_000, 1, 1_448)]
    [InlineData(false, TcpFlags.Ack | TcpFlags.Cwr, 20_000, 0x81, 1_448)]
    [InlineData(false, TcpFlags.Ack | TcpFlags.Cwr, 1_448, 0, 0)]
    [InlineData(true, TcpFlags.Ack, 1_449, 4, 1_448)]
    [InlineData(true, TcpFlags.Ack, 0, 0, 0)]
    public void ASegmentIsCutByTheDeviceWhereItDoesNotFit(bool isIPv6, TcpFlags flags, int length, byte gsoType, ushort gsoSize)
    {
        var segment = Segment(isIPv6, flags, length);
        var ipLength = isIPv6 ? 40 : 20;
        var headerLength = ipLength + 32;
        var expected = new VirtioNetHeader(
            VirtioNetHeader.NeedsChecksum, gsoType, (ushort)headerLength, gsoSize, (ushort)ipLength, 16);
        Assert.Equal(expected, VirtioNetHeader.For(segment, headerLength));

        var packet = Packets.Encode(segment, ChecksumMode.Full);
        Assert.Equal(expected, VirtioNetHeader.Prepare(packet, 1_448));
        Assert.Equal(Packets.Encode(segment, ChecksumMode.Partial), packet);
    }

    [Fact]
    public void APacketThatIsNoSegmentGoesAsItIs()
    {
        var packet = Packets.Encode(Segment(isIPv6: false, TcpFlags.Ack, 100));
        packet[0] = 0x95;
        var before = packet.ToArray();
        Assert.Equal(default, VirtioNetHeader.Prepare(packet, 1_448));
        Assert.Equal(before, packet);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(VirtioNetHeader.NeedsChecksum, true)]
    [InlineData(VirtioNetHeader.DataValid, true)]
    public void EitherFlagVouchesForTheChecksum(byte flags, bool isVerified) =>
        Assert.Equal(isVerified, new VirtioNetHeader(flags, 0, 0, 0, 0, 0).IsChecksumVerified);

    private static OutboundSegment Segment(bool isIPv6, TcpFlags flags, int length)
    {
        var segment = RandomSegments.Next(new Random(71), isIPv6, maximumPayload: 0);
        segment.Flags = flags;
        segment.Options = new TcpOptions { HasTimestamps = true };
        segment.Payload = new ReadOnlySequence<byte>(new byte[length]);
        segment.MaximumPayload = 1_448;
        return segment;
    }
}
