using System.Buffers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Wire;

/// <summary>
/// Segments as a Linux 6.18 kernel sent them over its loopback device, so with partial checksums: captured, read and written
/// again.
/// </summary>
public sealed class LinuxVectorTests
{
    private const string Syn =
        """
        4500 003c 8988 4000 4006 b331 7f00 0001 7f00 0001 e12a 0007 c830 5a63 0000 0000
        a002 ffd7 fe30 0000 0204 ffd7 0402 080a ea09 300a 0000 0000 0103 030a
        """;

    private const string SynAck =
        """
        4500 003c 0000 4000 4006 3cba 7f00 0001 7f00 0001 0007 e12a 0fb2 e345 c830 5a64
        a012 ffcb fe30 0000 0204 ffd7 0402 080a caa5 e397 ea09 300a 0103 030a
        """;

    private const string Data =
        """
        4500 0039 898a 4000 4006 b332 7f00 0001 7f00 0001 e12a 0007 c830 5a64 0fb2 e346
        8018 0040 fe2d 0000 0101 080a ea09 300b caa5 e397 6865 6c6c 6f
        """;

    private const string FinWithoutOptions =
        """
        4500 0028 872d 4000 4006 b5a0 7f00 0001 7f00 0001 e138 0007 5e47 a9d3 cee2 f14b
        5011 0040 fe1c 0000
        """;

    private const string SynWithoutTimestamps =
        """
        4500 0034 872b 4000 4006 b596 7f00 0001 7f00 0001 e138 0007 5e47 a9d2 0000 0000
        8002 ffd7 fe28 0000 0204 ffd7 0101 0402 0103 030a
        """;

    private const string SynIPv6 =
        """
        6001 7428 0028 0640 0000 0000 0000 0000 0000 0000 0000 0001 0000 0000 0000 0000
        0000 0000 0000 0001 977c 0007 763c f569 0000 0000 a002 ffc4 0030 0000 0204 ffc4
        0402 080a af4e 7ce0 0000 0000 0103 030a
        """;

    private const string DataIPv6 =
        """
        6001 7428 0025 0640 0000 0000 0000 0000 0000 0000 0000 0001 0000 0000 0000 0000
        0000 0000 0000 0001 977c 0007 763c f56a 0c16 d600 8018 0040 002d 0000 0101 080a
        af4e 7ce1 75dd 516b 6865 6c6c 6f
        """;

    [Fact]
    public void TheKernelsSynIsRead()
    {
        var packet = Packets.Read(Packets.FromHex(Syn), checksumVerified: true);
        Assert.Equal(PacketKind.Tcp, packet.Kind);
        Assert.Equal("127.0.0.1:7 <- 127.0.0.1:57642", packet.Flow.ToString());
        Assert.Equal(64, packet.HopLimit);
        Assert.Equal(3_358_612_067u, packet.Tcp.Sequence.Value);
        Assert.Equal(0u, packet.Tcp.Acknowledgment.Value);
        Assert.Equal(TcpFlags.Syn, packet.Tcp.Flags);
        Assert.Equal(65_495, packet.Tcp.Window);
        Assert.Equal(1, packet.Tcp.Length);
        var options = new TcpOptions
        {
            MaximumSegmentSize = 65_495,
            HasWindowScale = true,
            WindowScale = 10,
            SackPermitted = true,
            HasTimestamps = true,
            TimestampValue = 3_926_470_666,
        };
        TcpOptionTests.AssertSame(options, packet.Tcp.Options);
    }

    [Fact]
    public void TheKernelsIPv6DataIsRead()
    {
        var packet = Packets.Read(Packets.FromHex(DataIPv6), checksumVerified: true);
        Assert.Equal(PacketKind.Tcp, packet.Kind);
        Assert.Equal("[::1]:7 <- [::1]:38780", packet.Flow.ToString());
        Assert.Equal(TcpFlags.Psh | TcpFlags.Ack, packet.Tcp.Flags);
        Assert.Equal("hello"u8.ToArray(), packet.Tcp.Payload.ToArray());
        Assert.Equal(2_941_156_577u, packet.Tcp.Options.TimestampValue);
        Assert.Equal(1_977_438_571u, packet.Tcp.Options.TimestampEcho);
    }

    [Theory]
    [InlineData(Syn, 0x3225)]
    [InlineData(SynAck, 0x90ea)]
    [InlineData(Data, 0x7589)]
    [InlineData(FinWithoutOptions, 0x0808)]
    [InlineData(SynWithoutTimestamps, 0x8db6)]
    [InlineData(SynIPv6, 0x1ecd)]
    [InlineData(DataIPv6, 0x59e2)]
    public void WhatWasReadIsWrittenAsTheKernelWroteIt(string hex, int fullChecksum)
    {
        var captured = Packets.FromHex(hex);
        Assert.Equal(Malformation.TcpChecksum, Packets.Read(captured).Malformation);
        var segment = Again(Packets.Read(captured, checksumVerified: true));
        Assert.Equal(Comparable(captured), Comparable(Packets.Encode(segment, ChecksumMode.Partial)));

        var full = Packets.Encode(segment, ChecksumMode.Full);
        var field = full.Length - segment.Payload.Length - TcpOptionCodec.Length(segment.Options) - 4;
        Assert.Equal(fullChecksum, full[field] << 8 | full[field + 1]);
        Assert.Equal(Malformation.None, Packets.Read(full).Malformation);
    }

    private static OutboundSegment Again(in IpPacket packet) => new()
    {
        Flow = packet.Flow.Reversed,
        Sequence = packet.Tcp.Sequence,
        Acknowledgment = packet.Tcp.Acknowledgment,
        Flags = packet.Tcp.Flags,
        Window = packet.Tcp.Window,
        UrgentPointer = packet.Tcp.UrgentPointer,
        Options = packet.Tcp.Options,
        HopLimit = packet.HopLimit,
        TrafficClass = (byte)packet.Tcp.Ecn,
        Payload = new ReadOnlySequence<byte>(packet.Tcp.Payload),
    };

    /// <summary>
    /// Without what each host draws for itself: IPv4 identification (and the checksum over it) and IPv6 flow label.
    /// </summary>
    private static string Comparable(byte[] packet)
    {
        var copy = packet.ToArray();
        if (copy[0] >> 4 == 4)
        {
            copy.AsSpan(4, 2).Clear();
            copy.AsSpan(10, 2).Clear();
        }
        else
        {
            copy.AsSpan(1, 3).Clear();
        }

        return Convert.ToHexString(copy);
    }
}
