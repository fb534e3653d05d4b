using System.Buffers;
using System.Buffers.Binary;
using ActorStack.TestKit.Capture;
using ActorStack.Tests.Common.Capture;
using ActorStack.Transport.Links;

namespace ActorStack.Transport.Tests.Capture;

public sealed class PcapReaderTests
{
    private const int FileHeader = 24;

    private static readonly byte[] Packet = [0x45, 0, 0, 21, .. new byte[17]];
    private static readonly DateTimeOffset Time = DateTimeOffset.UnixEpoch + TimeSpan.FromTicks(17_000_000_001_234_560);

    [Fact]
    public void What_the_writer_wrote_is_read_and_checks_alike()
    {
        var script = new WireScript { Origin = default }.Open().FromServer(1, 1, 1_000).FromServer(1_501, 1, 10);
        var file = new MemoryStream();
        using var writer = new PcapWriter(file);
        foreach (var packet in script.Packets) writer.Write(packet.Time, [], new ReadOnlySequence<byte>(packet.Packet));
        file.Position = 0;

        var read = Assert.Single(WireChecker.Check(PcapReader.Read(file), new WireCheckOptions()));

        Assert.Equal(script.Check().ToString(), read.ToString());
        Assert.Equal(1, read.ViolationCount);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Both_byte_orders_and_both_units_of_time_are_read(bool isBigEndian, bool nanoseconds)
    {
        var packet = Assert.Single(PcapReader.Read(File(LinkRaw, Packet, isBigEndian, nanoseconds, wireLength: 1_000)));

        Assert.Equal((1, 1_000), (packet.Number, packet.Length));
        Assert.Equal(Packet, packet.Packet.ToArray());
        Assert.Equal(Time, packet.Time);
    }

    [Theory]
    [InlineData(1, "0a0000000001" + "02004c4f4f50" + "0800", 0x02004c4f4f50, 0)]
    [InlineData(1, "0a0000000001" + "02004c4f4f50" + "8100" + "0007" + "0800", 0x02004c4f4f50, 0)]
    [InlineData(113, "0000" + "0001" + "0006" + "02004c4f4f50" + "0000" + "0800", 0x02004c4f4f50, 0)]
    [InlineData(276, "0800" + "0000" + "00000009" + "0001" + "00" + "06" + "02004c4f4f50" + "0000", 0x02004c4f4f50, 9)]
    [InlineData(101, "", 0, 0)]
    public void The_sender_is_read_from_the_link_layer(uint linkType, string header, ulong mac, int device)
    {
        byte[] frame = [.. Convert.FromHexString(header), .. Packet];

        var packet = Assert.Single(PcapReader.Read(File(linkType, frame)));

        Assert.Equal(Packet, packet.Packet.ToArray());
        Assert.Equal(new WireSender(mac, 0, device), packet.Origin);
    }

    [Fact]
    public void Frames_that_carry_no_IP_are_skipped_and_counted()
    {
        byte[] arp = [.. Convert.FromHexString("ffffffffffff02004c4f4f500806"), 0, 1, 8, 0];
        byte[] ip = [.. Convert.FromHexString("0a000000000102004c4f4f500800"), .. Packet];
        byte[] file = [.. Bytes(File(1, arp)), .. Bytes(File(1, ip))[FileHeader..]];

        Assert.Equal(2, Assert.Single(PcapReader.Read(new MemoryStream(file))).Number);
    }

    [Theory]
    [InlineData("", "The file is shorter than the header of a pcap file.")]
    [InlineData(
        "0A0D0D0A1C0000004D3C2B1A01000000FFFFFFFFFFFFFFFF", "The capture is a pcapng file; save it as pcap (tcpdump -w).")]
    [InlineData("FEEDFACE1C0000004D3C2B1A01000000FFFFFFFFFFFFFFFF", "The file is no pcap file.")]
    [InlineData(
        "4D3CB2A1020004000000000000000000000004007F000000", "The link type 127 of the capture is unknown; capture on a device.")]
    [InlineData("4D3CB2A10200040000000000000000000000040065000000" + "00", "Record 1 of the capture is damaged.")]
    [InlineData(
        "4D3CB2A10200040000000000000000000000040065000000" + "0000000000000000" + "0000007F0000007F",
        "Record 1 of the capture is damaged.")]
    [InlineData(
        "4D3CB2A10200040000000000000000000000040065000000" + "0000000000000000" + "0200000002000000" + "45",
        "Record 1 of the capture is cut off.")]
    public void A_file_that_is_no_whole_capture_is_refused_with_its_reason(string file, string reason)
    {
        var error = Assert.Throws<InvalidDataException>(
            () => PcapReader.Read(new MemoryStream(Convert.FromHexString(file))).Count());

        Assert.Equal(reason, error.Message);
    }

    private const uint LinkRaw = 101;

    private static byte[] Bytes(MemoryStream file) => file.ToArray();

    private static MemoryStream File(
        uint linkType, byte[] frame, bool isBigEndian = false, bool nanoseconds = true, int? wireLength = null)
    {
        var sinceEpoch = Time - DateTimeOffset.UnixEpoch;
        var rest = sinceEpoch.Ticks % TimeSpan.TicksPerSecond;
        uint[] words =
        [
            nanoseconds ? 0xA1B2_3C4D : 0xA1B2_C3D4, 0x0004_0002, 0, 0, 0x40000, linkType,
            (uint)sinceEpoch.TotalSeconds,
            (uint)(nanoseconds ? rest * TimeSpan.NanosecondsPerTick : rest / TimeSpan.TicksPerMicrosecond),
            (uint)frame.Length, (uint)(wireLength ?? frame.Length),
        ];
        var file = new MemoryStream();
        var word = new byte[4];
        foreach (var value in words)
        {
            if (isBigEndian) BinaryPrimitives.WriteUInt32BigEndian(word, value);
            else BinaryPrimitives.WriteUInt32LittleEndian(word, value);
            file.Write(word);
        }

        file.Write(frame);
        file.Position = 0;
        return file;
    }
}
