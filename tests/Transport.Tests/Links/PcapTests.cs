using System.Buffers.Binary;
using System.Buffers;
using ActorStack.Transport.Links;
using ActorStack.Transport.Tests.Wire;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Links;

public sealed class PcapTests
{
    private static readonly DateTimeOffset Time = DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(0x5000_0001)
        + TimeSpan.FromTicks(1_234_567);

    private readonly MemoryStream _stream = new();

    [Fact]
    public void TheFileIsNanosecondPcapOfLinkTypeRaw()
    {
        using var writer = new PcapWriter(_stream);
        writer.Write(Time, [0x45, 0x00, 0x01], new ReadOnlySequence<byte>([2, 3]));
        var expected = "4D3CB2A1 0200 0400 00000000 00000000 00000400 65000000"
            + "01000050 BCCC5B07 05000000 05000000 4500010203";
        Assert.Equal(Packets.FromHex(expected), _stream.ToArray());
        Assert.Equal(123_456_700, BinaryPrimitives.ReadInt32LittleEndian(_stream.ToArray().AsSpan(28)));
    }

    [Fact]
    public void ACaptureEndsBeforeItsSizeIsExceeded()
    {
        using var writer = new PcapWriter(_stream, maximumBytes: 24 + 2 * 116 + 50);
        for (var i = 0; i < 4; i++) writer.Write(Time, new byte[100], default);
        writer.Write(Time, new byte[1], default);
        Assert.Equal(24 + 2 * 116, _stream.Length);
        Assert.Equal((2, 3), (writer.PacketsWritten, writer.PacketsSkipped));
    }

    [Fact]
    public void AFailureToWriteEndsTheCaptureAndIsKept()
    {
        using var stream = new FullDisk();
        using var writer = new PcapWriter(stream);
        stream.IsFull = true;
        for (var i = 0; i < 3; i++) writer.Write(Time, new byte[100], default);
        Assert.Equal("disk full", writer.Error?.Message);
        Assert.Equal((0, 3), (writer.PacketsWritten, writer.PacketsSkipped));
    }

    [Fact]
    public void ACapturingLinkWritesBothDirectionsAndPassesEverythingOn()
    {
        using var wire = new InMemoryWire(new InMemoryWireOptions());
        using var capture = new PcapWriter(_stream);
        using var link = new CapturingLink(wire.Left, capture, () => Time);
        var random = new Random(41);
        var first = RandomSegments.Next(random, isIPv6: false, maximumPayload: 900);
        var second = RandomSegments.Next(random, isIPv6: true, maximumPayload: 900);
        var super = RandomSegments.Next(random, isIPv6: true, maximumPayload: 0);
        super.Payload = new ReadOnlySequence<byte>(new byte[30_000]);
        super.MaximumPayload = 1_400;

        link.Send(first);
        wire.Right.Send(second);
        var frames = new LinkFrame[2];
        Assert.Equal(1, link.Receive(frames));
        link.SendFrame(frames[0]);
        link.Send(super);

        byte[][] expected = [Packets.Encode(first), Packets.Encode(second), Packets.Encode(second), Packets.Encode(super)];
        Assert.Equal(expected, Records(_stream.ToArray()));
        Assert.Equal(2 + 22, wire.Left.Statistics.FramesSent);
        Assert.Equal(wire.Left.Statistics, link.Statistics);
        frames[0].Buffer.Release();
    }

    private static List<byte[]> Records(byte[] file)
    {
        var records = new List<byte[]>();
        for (var at = 24; at < file.Length; at += 16 + records[^1].Length)
            records.Add(file.AsSpan(at + 16, BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 8))).ToArray());
        return records;
    }

    private sealed class FullDisk : MemoryStream
    {
        public bool IsFull { get; set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (IsFull) throw new IOException("disk full");
            base.Write(buffer);
        }
    }
}
