using System.Buffers.Binary;
using ActorStack.Tests.Common;
using ActorStack.Transport.Host;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Host;

/// <summary>RFC 791 section 3.2, RFC 8200 section 4.5, RFC 5722, RFC 1858.</summary>
public sealed class FragmentReassemblerTests
{
    private const long Limit = 2 << 20;

    private static readonly TimeSpan Now = TimeSpan.FromSeconds(10);

    private readonly TcpMemory _memory = new(new TcpMemoryLimits(1 << 30, 1 << 30, 1 << 30) { Fragments = Limit });

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 3)]
    [InlineData(true, 4)]
    [Rfc(791, "3.2")]
    [Rfc(8200, "4.5")]
    public void Fragments_in_any_order_give_the_packet_back(bool ipv6, int seed)
    {
        var random = new Random(seed);
        var packet = Packet(ipv6, 5_000);
        var fragments = Cut(packet, 1_000, identification: 7);
        random.Shuffle(fragments);
        var reassembler = Create();
        foreach (var fragment in fragments[..^1]) Assert.Equal(FragmentVerdict.Kept, reassembler.Add(fragment, Now, out _));
        Assert.Equal(FragmentVerdict.Kept, reassembler.Add(fragments[0], Now, out _)); // a copy
        Assert.Equal(FragmentVerdict.Complete, reassembler.Add(fragments[^1], Now, out var whole));
        Assert.Equal(Convert.ToHexString(packet), Convert.ToHexString(whole.Packet.Span));
        PacketReader.Read(whole.Packet, checksumVerified: false, 0, out var read);
        Assert.Equal((PacketKind.Tcp, 5_000), (read.Kind, read.Tcp.Payload.Length));
        Assert.Equal(0, reassembler.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Rfc(5722, "4")]
    public void Fragments_that_overlap_end_their_packet_RFC_5722(bool ipv6)
    {
        var packet = Packet(ipv6, 3_000);
        var reassembler = Create();
        reassembler.Add(Cut(packet, 1_000, identification: 7)[0], Now, out _);
        Assert.Equal(FragmentVerdict.Refused, reassembler.Add(Cut(packet, 504, identification: 7)[1], Now, out _));
        Assert.Equal(0, reassembler.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Rfc(1858, "3")]
    public void A_first_fragment_without_the_whole_TCP_header_is_refused_RFC_1858(bool ipv6) =>
        Assert.Equal(FragmentVerdict.Refused, Create().Add(Cut(Packet(ipv6, 100), 8, identification: 7)[0], Now, out _));

    [Fact]
    public void A_packet_longer_than_any_is_refused()
    {
        var fragment = Cut(Packet(ipv6: false, 3_000), 1_000, identification: 7)[1];
        BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(6), 0x1FFF);
        Reseal(fragment);
        Assert.Equal(FragmentVerdict.Refused, Create().Add(fragment, Now, out _));
    }

    [Fact]
    public void Packets_with_different_names_do_not_mix()
    {
        var packet = Packet(ipv6: false, 1_500);
        var reassembler = Create();
        Assert.Equal(FragmentVerdict.Kept, reassembler.Add(Cut(packet, 1_000, identification: 1)[0], Now, out _));
        Assert.Equal(FragmentVerdict.Kept, reassembler.Add(Cut(packet, 1_000, identification: 2)[1], Now, out _));
        Assert.Equal(2, reassembler.Count);
    }

    [Fact]
    public void What_waits_is_bounded_in_bytes_and_time_and_counted_as_memory()
    {
        var packet = Packet(ipv6: false, 1_500);
        var reassembler = Create();
        for (ushort i = 0; i < 10_000; i++) reassembler.Add(Cut(packet, 1_000, i)[i % 2], Now, out _);
        Assert.InRange(reassembler.Used, Limit / 8 - 2_000, Limit / 8); // all of one source
        Assert.Equal((reassembler.Used, 10_000L), (_memory.Used, reassembler.Count + reassembler.PushedOut));
        Assert.Equal(Now + FragmentReassembler.Lifetime, reassembler.NextDeadline);
        var waiting = reassembler.Count;
        reassembler.Expire(Now + FragmentReassembler.Lifetime);
        Assert.Equal((0, waiting, 0L, 0L), (reassembler.Count, reassembler.TimedOut, reassembler.Used, _memory.Used));
        Assert.Null(reassembler.NextDeadline);
    }

    /// <summary>The attacker has all addresses of its network.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_network_that_floods_pushes_out_its_own_fragments_only(bool ipv6)
    {
        var reassembler = Create();
        var honest = Cut(Packet(ipv6, 3_000, ipv6 ? "fd00:1::9" : "10.1.0.9"), 1_000, identification: 7);
        reassembler.Add(honest[0], Now, out _);
        for (var i = 0; i < 20_000; i++)
        {
            var source = ipv6 ? $"fd00:2::{i % 256:x}" : $"10.2.0.{i % 256}";
            reassembler.Add(Cut(Packet(ipv6, 1_500, source), 1_000, (ushort)i)[0], Now, out _);
        }

        Assert.InRange(reassembler.Used, Limit / 8 - 2_000, Limit / 8 + 2_000);
        foreach (var fragment in honest[1..^1]) Assert.Equal(FragmentVerdict.Kept, reassembler.Add(fragment, Now, out _));
        Assert.Equal(FragmentVerdict.Complete, reassembler.Add(honest[^1], Now, out var whole));
        whole.Buffer.Release();
    }

    /// <summary>Sources are forged: then what came longest ago goes, and whoever's fragments come together is served.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Where_all_networks_together_hold_all_room_packets_still_come_together(bool ipv6)
    {
        var reassembler = Create();
        var completed = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var source = ipv6 ? $"fd00:{i:x}::1" : $"10.{i >> 8}.{i & 255}.1";
            reassembler.Add(Cut(Packet(ipv6, 1_500, source), 1_000, identification: 7)[i & 1], Now, out _);
            Assert.InRange(reassembler.Used, 0, Limit);
            if (i % 1_000 != 999) continue;
            foreach (var fragment in Cut(Packet(ipv6, 60_000, ipv6 ? "fe80::9" : "192.0.2.9"), 1_000, identification: (ushort)i))
            {
                if (reassembler.Add(fragment, Now, out var whole) is not FragmentVerdict.Complete) continue;
                completed++;
                whole.Buffer.Release();
            }
        }

        Assert.Equal(20, completed);
        Assert.True(reassembler.PushedOut > 10_000, $"only {reassembler.PushedOut} were pushed out");
    }

    [Fact]
    public void A_fragment_costs_what_it_holds()
    {
        var reassembler = Create();
        for (ushort i = 0; i < 400; i++) reassembler.Add(Cut(Packet(ipv6: false, 100), 24, i)[1], Now, out _);
        Assert.Equal((400, 0L), (reassembler.Count, reassembler.PushedOut));
        Assert.InRange(reassembler.Used, 400 * 24, 400 * 1_000);
    }

    /// <summary>
    /// Each must find its packet, its place and what makes room without a walk over what is held: else this would take hours.
    /// </summary>
    [Fact]
    public void A_flood_with_a_hundred_thousand_packets_waiting_costs_no_more_for_each_fragment()
    {
        const int Packets = 400_000;
        var limits = new TcpMemoryLimits(1 << 30, 1 << 30, 1 << 30) { Fragments = 96 << 20 };
        var reassembler = new FragmentReassembler(new TcpMemory(limits));
        var fragment = Cut(Packet(ipv6: false, 100), 24, identification: 0)[1];
        for (var i = 0; i < Packets; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(fragment.AsSpan(12), 0x0A000000u + (uint)(i * 64));
            BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(4), (ushort)i);
            Reseal(fragment);
            reassembler.Add(fragment, Now, out _);
        }

        Assert.InRange(reassembler.Count, 100_000, Packets);
        Assert.Equal(Packets, reassembler.Count + reassembler.PushedOut);
    }

    /// <summary>The first fragment's header is longer than that of the others, with which the last still fits.</summary>
    [Fact]
    public void A_packet_that_the_first_fragments_options_make_longer_than_any_is_refused()
    {
        var fragments = Cut([.. Packet(ipv6: false, 65_435), .. new byte[60]], 1_400, identification: 7);
        byte[] first = [.. fragments[0][..20], .. Enumerable.Repeat((byte)1, 40), .. fragments[0][20..]];
        first[0] = 0x4F;
        BinaryPrimitives.WriteUInt16BigEndian(first.AsSpan(2), (ushort)first.Length);
        Reseal(first, header: 60);
        var reassembler = Create();
        Assert.Equal(FragmentVerdict.Kept, reassembler.Add(first, Now, out _));
        foreach (var fragment in fragments[1..^1]) Assert.Equal(FragmentVerdict.Kept, reassembler.Add(fragment, Now, out _));
        Assert.Equal(FragmentVerdict.Refused, reassembler.Add(fragments[^1], Now, out _));
        Assert.Equal(0, _memory.Used);
    }

    [Fact]
    public void Nothing_that_arrives_makes_it_throw_or_grow()
    {
        var random = new Random(5);
        var reassembler = Create();
        var packets = new[] { Packet(ipv6: false, 2_000), Packet(ipv6: true, 2_000) };
        for (var i = 0; i < 50_000; i++)
        {
            var fragments = Cut(packets[random.Next(2)], 8 * random.Next(3, 200), (ushort)random.Next(50));
            var fragment = fragments[random.Next(fragments.Length)];
            for (var flips = random.Next(3); flips > 0; flips--)
                fragment[random.Next(fragment.Length)] ^= (byte)(1 << random.Next(8));
            if (fragment[0] >> 4 == 4) Reseal(fragment);
            var arrived = fragment.AsSpan(0, random.Next(10) == 0 ? random.Next(fragment.Length) : fragment.Length);
            if (reassembler.Add(arrived, Now, out var whole) is FragmentVerdict.Complete) whole.Buffer.Release();
            Assert.InRange(reassembler.Used, 0, Limit);
            Assert.Equal(reassembler.Used, _memory.Used);
        }
    }

    private FragmentReassembler Create() => new(_memory);

    private static byte[] Packet(bool ipv6, int length, string? source = null)
    {
        var (local, remote) = ipv6 ? (source ?? "fd00::1", "fd00::2") : (source ?? "10.0.0.1", "10.0.0.2");
        var segment = new OutboundSegment
        {
            Flow = new FlowKey(new TcpEndpoint(IpAddress.Parse(local), 1_000), new TcpEndpoint(IpAddress.Parse(remote), 7)),
            Flags = TcpFlags.Ack,
            HopLimit = 64,
            Payload = new(Enumerable.Range(0, length).Select(i => (byte)(i * 7)).ToArray()),
        };
        var packet = new byte[100 + length];
        var headers = PacketWriter.WriteHeaders(packet, segment, ChecksumMode.Full);
        System.Buffers.BuffersExtensions.CopyTo(segment.Payload, packet.AsSpan(headers));
        packet = packet[..(headers + length)];
        if (ipv6) return packet;
        packet[6] = 0; // DF and a fragment do not go together
        packet[5] = 7;
        Reseal(packet);
        return packet;
    }

    private static byte[][] Cut(byte[] packet, int size, ushort identification)
    {
        var ipv6 = packet[0] >> 4 == 6;
        var header = ipv6 ? 40 : 20;
        var fragments = new List<byte[]>();
        for (var at = header; at < packet.Length; at += size)
        {
            var part = packet[at..Math.Min(at + size, packet.Length)];
            var more = at + size < packet.Length ? 1 : 0;
            fragments.Add(ipv6
                ? FragmentIPv6(packet, part, at - header, more, identification)
                : FragmentIPv4(packet, part, at - header, more, identification));
        }

        return [.. fragments];
    }

    private static byte[] FragmentIPv4(byte[] packet, byte[] part, int offset, int more, ushort identification)
    {
        byte[] fragment = [.. packet[..20], .. part];
        BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(2), (ushort)fragment.Length);
        BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(6), (ushort)(offset / 8 | more << 13));
        BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(4), identification);
        Reseal(fragment);
        return fragment;
    }

    private static byte[] FragmentIPv6(byte[] packet, byte[] part, int offset, int more, ushort identification)
    {
        byte[] fragment = [.. packet[..40], packet[6], 0, 0, 0, 0, 0, 0, 0, .. part];
        fragment[6] = 44;
        BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(4), (ushort)(fragment.Length - 40));
        BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(42), (ushort)(offset | more));
        BinaryPrimitives.WriteUInt32BigEndian(fragment.AsSpan(44), identification);
        return fragment;
    }

    private static void Reseal(byte[] packet, int header = 20)
    {
        packet.AsSpan(10, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), Checksum.Compute(packet.AsSpan(0, header)));
    }
}
