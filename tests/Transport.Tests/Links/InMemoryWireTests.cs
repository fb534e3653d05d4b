using System.Buffers;
using ActorStack.Transport.Links;
using ActorStack.Transport.Tests.Wire;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Links;

public sealed class InMemoryWireTests
{
    private const int Packets = 20_000;

    private static readonly FlowKey Flow = new(
        new TcpEndpoint(IpAddress.Parse("10.9.0.1"), 7), new TcpEndpoint(IpAddress.Parse("10.9.0.2"), 40_000));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ASegmentArrivesAsItWasSent(bool isIPv6)
    {
        using var wire = new InMemoryWire(new InMemoryWireOptions());
        var random = new Random(31);
        for (var round = 0; round < 200; round++)
        {
            var segment = RandomSegments.Next(random, isIPv6, maximumPayload: 1_400);
            wire.Right.Send(segment);
            var frame = Assert.Single(ReceiveAll(wire.Left));
            Assert.Equal(Wire.Packets.Encode(segment), frame);
            Assert.Empty(ReceiveAll(wire.Right));
        }
    }

    [Fact]
    public void ASuperSegmentIsCutIntoSegmentsOfItsMaximumPayload()
    {
        using var wire = new InMemoryWire(new InMemoryWireOptions());
        wire.Left.Send(Segment(0, 10_000, TcpFlags.Ack | TcpFlags.Psh | TcpFlags.Fin));
        var packets = ReceiveAll(wire.Right).Select(bytes => Wire.Packets.Read(bytes)).ToArray();
        Assert.Equal([1_448, 1_448, 1_448, 1_448, 1_448, 1_448, 1_312], packets.Select(packet => packet.Tcp.Payload.Length));
        Assert.Equal(Enumerable.Range(0, 7).Select(i => new SequenceNumber((uint)(i * 1_448))),
            packets.Select(packet => packet.Tcp.Sequence));
        Assert.All(packets[..^1], packet => Assert.Equal(TcpFlags.Ack, packet.Tcp.Flags));
        Assert.True(packets[^1].Tcp.Has(TcpFlags.Psh | TcpFlags.Fin));
        Assert.Equal(7, wire.Left.Statistics.FramesSent);
        Assert.Equal(7, wire.Right.Statistics.FramesReceived);
        Assert.Equal(wire.Left.Statistics.BytesSent, wire.Right.Statistics.BytesReceived);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void TheSameSeedGivesTheSameFateAndAnotherOneAnother(int seed)
    {
        Assert.Equal(Run(seed), Run(seed));
        Assert.NotEqual(Run(seed), Run(seed + 1));

        static List<(TimeSpan, ulong)> Run(int seed)
        {
            var everything = new WireImpairments
            {
                Loss = 0.05,
                BurstStart = 0.01,
                BurstLength = 3,
                Delay = TimeSpan.FromMilliseconds(10),
                Jitter = TimeSpan.FromMilliseconds(3),
                Reordering = 0.1,
                Duplication = 0.02,
                Corruption = 0.02,
                BitsPerSecond = 80_000_000,
            };
            using var wire = new InMemoryWire(new InMemoryWireOptions { Seed = seed, LeftToRight = everything });
            return Transfer(wire, 2_000, TimeSpan.FromMicroseconds(100))
                .Select(arrival => (arrival.Time, arrival.Packet.Aggregate(17UL, (hash, value) => hash * 31 + value))).ToList();
        }
    }

    [Fact]
    public void DirectionsAreIndependent()
    {
        using var wire = new InMemoryWire(new InMemoryWireOptions { LeftToRight = new WireImpairments { Loss = 1 } });
        wire.Left.Send(Segment(0, 10));
        wire.Right.Send(Segment(0, 10));
        Assert.Empty(ReceiveAll(wire.Right));
        Assert.Single(ReceiveAll(wire.Left));
    }

    [Fact]
    public void LossTakesItsShare()
    {
        using var wire = Impaired(new WireImpairments { Loss = 0.02 });
        var arrived = Transfer(wire, Packets);
        Assert.Equal(Packets - wire.LeftToRightStatistics.Lost, arrived.Count);
        Assert.InRange(wire.LeftToRightStatistics.Lost, Packets * 0.015, Packets * 0.025);
    }

    [Fact]
    public void LossBurstsHaveTheirMeanLength()
    {
        using var wire = Impaired(new WireImpairments { BurstStart = 0.01, BurstLength = 5 });
        var arrived = Transfer(wire, Packets).Select(arrival => SequenceOf(arrival.Packet)).ToHashSet();
        var bursts = 0;
        for (var i = 1; i < Packets; i++)
        {
            if (!arrived.Contains((uint)i) && arrived.Contains((uint)i - 1)) bursts++;
        }

        Assert.InRange((double)wire.LeftToRightStatistics.Lost / bursts, 4, 6);
    }

    [Fact]
    public void APacketArrivesAfterTheDelayAndNotBefore()
    {
        using var wire = Impaired(new WireImpairments { Delay = TimeSpan.FromMilliseconds(5) });
        wire.Left.Send(Segment(0, 10));
        Assert.Equal(TimeSpan.FromMilliseconds(5), wire.NextDelivery);
        wire.Advance(TimeSpan.FromMilliseconds(5) - TimeSpan.FromTicks(1));
        Assert.Empty(ReceiveAll(wire.Right));
        wire.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Single(ReceiveAll(wire.Right));
        Assert.Null(wire.NextDelivery);
    }

    [Fact]
    public void JitterSpreadsArrivalsAndKeepsTheOrder()
    {
        var (delay, jitter) = (TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(2));
        using var wire = Impaired(new WireImpairments { Delay = delay, Jitter = jitter });
        var spacing = TimeSpan.FromMilliseconds(1);
        var arrived = Transfer(wire, 1_000, spacing);
        var times = arrived.Select((arrival, index) => arrival.Time - index * spacing).ToArray();
        Assert.All(times, time => Assert.InRange(time, delay, delay + jitter));
        Assert.True(times.Distinct().Count() > 900);
        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => (uint)i), arrived.Select(arrival => SequenceOf(arrival.Packet)));
    }

    [Fact]
    public void ReorderedPacketsAreOvertakenAndNoneIsLost()
    {
        using var wire = Impaired(new WireImpairments { Reordering = 0.05 });
        var arrived = Transfer(wire, Packets, TimeSpan.FromMicroseconds(100)).Select(arrival => SequenceOf(arrival.Packet))
            .ToArray();
        Assert.Equal(Enumerable.Range(0, Packets).Select(i => (uint)i), arrived.Order());
        Assert.InRange(wire.LeftToRightStatistics.Reordered, Packets * 0.04, Packets * 0.06);

        var late = 0;
        for (var (i, highest) = (0, 0u); i < arrived.Length; i++)
        {
            if (arrived[i] < highest) late++;
            highest = Math.Max(highest, arrived[i]);
        }

        Assert.Equal(wire.LeftToRightStatistics.Reordered, late);
    }

    [Fact]
    public void DuplicatedPacketsArriveTwice()
    {
        using var wire = Impaired(new WireImpairments { Duplication = 0.05 });
        var arrived = Transfer(wire, Packets);
        Assert.Equal(Packets + wire.LeftToRightStatistics.Duplicated, arrived.Count);
        Assert.InRange(wire.LeftToRightStatistics.Duplicated, Packets * 0.04, Packets * 0.06);
        Assert.Equal(Packets, arrived.Select(arrival => SequenceOf(arrival.Packet)).Distinct().Count());
    }

    [Fact]
    public void NoCorruptedIPv4PacketIsTakenForASegment()
    {
        using var wire = Impaired(new WireImpairments { Corruption = 0.3 });
        var refused = Transfer(wire, Packets).Count(arrival => Wire.Packets.Read(arrival.Packet).Kind != PacketKind.Tcp);
        Assert.Equal(wire.LeftToRightStatistics.Corrupted, refused);
        Assert.InRange(refused, Packets * 0.28, Packets * 0.32);
    }

    [Fact]
    public void ALimitedLineSpacesPacketsByTheirLengthAndDropsWhatItsQueueCannotHold()
    {
        using var wire = Impaired(new WireImpairments { BitsPerSecond = 8 * 1_040_000, QueueBytes = 5 * 1_040 });
        for (var i = 0; i < 10; i++) wire.Left.Send(Segment((uint)i, 1_000));
        var arrived = Drain(wire, TimeSpan.FromSeconds(1));
        Assert.Equal(Enumerable.Range(1, 5).Select(i => TimeSpan.FromMilliseconds(i)), arrived.Select(arrival => arrival.Time));
        Assert.Equal(5, wire.LeftToRightStatistics.QueueDrops);
    }

    [Fact]
    public void WhatNobodyReceivesIsBounded()
    {
        using var wire = new InMemoryWire(new InMemoryWireOptions { CapacityBytes = 10 * 1_040 });
        for (var i = 0; i < 100; i++) wire.Left.Send(Segment((uint)i, 1_000));
        Assert.Equal(10, ReceiveAll(wire.Right).Count);
        Assert.Equal(90, wire.LeftToRightStatistics.CapacityDrops);
        Assert.Equal(90, wire.Left.Statistics.SendDrops);
        wire.Left.Send(Segment(0, 1_000));
        Assert.Single(ReceiveAll(wire.Right));
    }

    [Fact]
    public void APacketLongerThanTheMtuIsLost()
    {
        using var wire = new InMemoryWire(new InMemoryWireOptions { Mtu = 600, SegmentationOffload = false });
        Assert.Equal(560, wire.Left.MaximumSegmentPayload);
        wire.Left.Send(Segment(0, 560));
        wire.Left.Send(Segment(0, 561));
        Assert.Single(ReceiveAll(wire.Right));
        Assert.Equal(1, wire.Left.Statistics.SendDrops);
    }

    [Fact]
    public void ImpairmentsCanBeChangedWhileTheWireRuns()
    {
        using var wire = Impaired(WireImpairments.None);
        wire.LeftToRight = new WireImpairments { Loss = 1 };
        wire.Left.Send(Segment(0, 10));
        wire.LeftToRight = WireImpairments.None;
        wire.Left.Send(Segment(1, 10));
        Assert.Equal([1u], ReceiveAll(wire.Right).Select(SequenceOf));
    }

    [Fact]
    public void MergedSegmentsCarryTheWholePayloadAndTheSegmentSize()
    {
        using var wire = new InMemoryWire(new InMemoryWireOptions { ReceiveMerging = true });
        var sent = Segment(77, 60_000, TcpFlags.Ack | TcpFlags.Psh);
        wire.Left.Send(sent);
        wire.Left.Send(Segment(1_000_000, 10));
        var frames = new LinkFrame[4];
        Assert.Equal(2, wire.Right.Receive(frames));
        PacketReader.Read(frames[0].Packet, frames[0].ChecksumVerified, frames[0].SegmentSize, out var packet);
        Assert.Equal(PacketKind.Tcp, packet.Kind);
        Assert.Equal(sent.Payload.ToArray(), packet.Tcp.Payload.ToArray());
        Assert.Equal(new SequenceNumber(77), packet.Tcp.Sequence);
        Assert.True(packet.Tcp.Has(TcpFlags.Psh));
        Assert.Equal(1_448, packet.Tcp.SegmentSize);
        foreach (var frame in frames[..2]) frame.Buffer.Release();
    }

    [Fact]
    public void MergingUnderEveryFaultGivesTheSameBytesAsNoMerging()
    {
        var faults = new WireImpairments
        {
            Loss = 0.02,
            Reordering = 0.05,
            Duplication = 0.02,
            Corruption = 0.05,
            Delay = TimeSpan.FromMilliseconds(2),
        };
        Assert.Equal(Run(merging: false), Run(merging: true));

        SortedSet<(uint Sequence, byte Value)> Run(bool merging)
        {
            using var wire = new InMemoryWire(
                new InMemoryWireOptions { Seed = 6, LeftToRight = faults, ReceiveMerging = merging });
            var bytes = new SortedSet<(uint, byte)>();
            for (uint i = 0; i < 50; i++) wire.Left.Send(Segment(i * 10_000, 10_000));
            wire.Advance(TimeSpan.FromSeconds(1));
            var frames = new LinkFrame[64];
            while (wire.Right.Receive(frames) is > 0 and var count)
            {
                foreach (var frame in frames[..count])
                {
                    PacketReader.Read(frame.Packet, frame.ChecksumVerified, frame.SegmentSize, out var packet);
                    for (var i = 0; i < packet.Tcp.Payload.Length; i++)
                        bytes.Add((packet.Tcp.Sequence.Value + (uint)i, packet.Tcp.Payload.Span[i]));
                    frame.Buffer.Release();
                }
            }

            return bytes;
        }
    }

    [Fact]
    public void AForwardedMergedFrameIsCutAgain()
    {
        using var first = new InMemoryWire(new InMemoryWireOptions { ReceiveMerging = true });
        using var second = new InMemoryWire(new InMemoryWireOptions());
        using var direct = new InMemoryWire(new InMemoryWireOptions());
        var segment = Segment(5, 20_000);
        first.Left.Send(segment);
        direct.Left.Send(segment);
        var frames = new LinkFrame[1];
        Assert.Equal(1, first.Right.Receive(frames));
        second.Left.SendFrame(frames[0]);
        Assert.Equal(ReceiveAll(direct.Right), ReceiveAll(second.Right));
        frames[0].Buffer.Release();
    }

    [Fact]
    public void AForwardedFrameWithAPartialChecksumGetsAWholeOne()
    {
        using var wire = new InMemoryWire(new InMemoryWireOptions());
        var segment = Segment(9, 100);
        var partial = Wire.Packets.Encode(segment, ChecksumMode.Partial);
        var buffer = FrameBuffer.Rent();
        partial.CopyTo(buffer.Bytes, 3);
        wire.Left.SendFrame(new LinkFrame(buffer, 3, partial.Length, ChecksumVerified: true, SegmentSize: 0));
        Assert.Equal(Wire.Packets.Encode(segment), Assert.Single(ReceiveAll(wire.Right)));
        buffer.Release();
    }

    [Fact]
    public void VirtualTimeDoesNotRunBackAndIsNotAClocks()
    {
        using var wire = new InMemoryWire(new InMemoryWireOptions());
        wire.Advance(TimeSpan.FromSeconds(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => wire.Advance(TimeSpan.FromSeconds(1)));
        using var real = new InMemoryWire(new InMemoryWireOptions(), TimeProvider.System);
        Assert.Throws<InvalidOperationException>(() => real.Advance(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void SendingOverAClosedEndIsADrop()
    {
        using var wire = new InMemoryWire(new InMemoryWireOptions());
        wire.Right.Dispose();
        wire.Left.Send(Segment(0, 10));
        Assert.Equal(1, wire.Left.Statistics.SendDrops);
        Assert.Empty(ReceiveAll(wire.Right));
    }

    private static InMemoryWire Impaired(WireImpairments impairments) =>
        new(new InMemoryWireOptions { Seed = 4, LeftToRight = impairments });

    /// <summary>Packets numbered by their sequence number, one every <paramref name="spacing"/>.</summary>
    private static List<(TimeSpan Time, byte[] Packet)> Transfer(InMemoryWire wire, int count, TimeSpan spacing = default)
    {
        var arrived = new List<(TimeSpan, byte[])>();
        for (var i = 0; i < count; i++)
        {
            arrived.AddRange(Drain(wire, i * spacing));
            wire.Left.Send(Segment((uint)i, 40));
        }

        arrived.AddRange(Drain(wire, count * spacing + TimeSpan.FromMinutes(1)));
        return arrived;
    }

    /// <summary>Steps virtual time from delivery to delivery.</summary>
    private static List<(TimeSpan Time, byte[] Packet)> Drain(InMemoryWire wire, TimeSpan until)
    {
        var arrived = new List<(TimeSpan, byte[])>();
        while (wire.NextDelivery is { } next && next <= until)
        {
            if (next > wire.Now) wire.Advance(next);
            arrived.AddRange(ReceiveAll(wire.Right).Select(packet => (wire.Now, packet)));
        }

        if (until > wire.Now) wire.Advance(until);
        return arrived;
    }

    private static List<byte[]> ReceiveAll(ILink link)
    {
        var packets = new List<byte[]>();
        var frames = new LinkFrame[8];
        while (link.Receive(frames) is > 0 and var count)
        {
            foreach (var frame in frames[..count])
            {
                packets.Add(frame.Packet.ToArray());
                frame.Buffer.Release();
            }
        }

        return packets;
    }

    private static uint SequenceOf(byte[] packet) => Wire.Packets.Read(packet).Tcp.Sequence.Value;

    private static OutboundSegment Segment(uint sequence, int length, TcpFlags flags = TcpFlags.Ack)
    {
        var payload = new byte[length];
        for (var i = 0; i < length; i++) payload[i] = (byte)((sequence + i) % 251);
        return new OutboundSegment
        {
            Flow = Flow,
            Sequence = new SequenceNumber(sequence),
            Flags = flags,
            MaximumPayload = 1_448,
            HopLimit = 64,
            Payload = new ReadOnlySequence<byte>(payload),
        };
    }
}
