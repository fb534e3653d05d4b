using System.Buffers.Binary;
using ActorStack.Actors.Tests.Support;
using ActorStack.TestKit;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Connections;

/// <summary>Path MTU by ICMP (RFC 1191, RFC 5927) and fragments (RFC 791), from the packet to the connection.</summary>
public sealed class PathTests : StackTest
{
    [Fact]
    [Rfc(1191, "6.2", "6.3")]
    public void What_a_router_tells_of_one_connection_the_next_begins_with_RFC_1191_section_6_2()
    {
        var client = StartEcho();
        EchoRoundTrip(client, 10_000);
        Outstanding(client);
        Peer.SendFrame(TooBig(client.Tcp.Flow, client.Tcp.Export(ExportScope.Bare, Time).RcvNxt, 1_000));
        Pump(() => client.Received.Count == 30_000, "what was resent");
        Assert.DoesNotContain("OutOfWindowIcmps", Statistics().TcpExt.Keys);

        Peer.Payloads.Clear();
        var next = Connect(EchoPort);
        Pump(() => Statistics().Opened == 2, "the connection");
        EchoRoundTrip(next, 10_000);
        Assert.InRange(Peer.Payloads.Max(), 900, 948);
    }

    [Fact]
    [Rfc(5927, "4.1")]
    public void A_forged_message_changes_nothing_RFC_5927()
    {
        var client = StartEcho();
        EchoRoundTrip(client, 10_000);
        for (var i = 0u; i < 2_000; i++) Peer.SendFrame(TooBig(client.Tcp.Flow, i * 2_000_003, 552));
        Pump(() => Statistics().Dropped.GetValueOrDefault("IcmpRate") == 1_000, "the limit");
        Assert.Equal(1_000, Statistics().TcpExt["OutOfWindowIcmps"]);
        Peer.Payloads.Clear();
        EchoRoundTrip(client, 10_000);
        Assert.InRange(Peer.Payloads.Max(), 1_400, 1_460);
    }

    [Fact]
    [Rfc(791, "3.2")]
    public void A_segment_in_fragments_is_taken()
    {
        StartStack();
        var packet = new byte[100];
        var length = PacketWriter.WriteHeaders(packet, Segment("10.0.0.9", 999, 4711, TcpFlags.Ack, 1, 4242) with { Payload = new(new byte[40]) }, ChecksumMode.Full) + 40;
        SendFragment(packet.AsSpan(0, length), 20, 44, more: true);
        SendFragment(packet.AsSpan(0, length), 44, length, more: false);
        Pump(() => Peer.Segments.Count == 1, "the reset");
        Assert.Equal((TcpFlags.Rst, 4242u), (Peer.Segments[0].Flags, Peer.Segments[0].Sequence.Value));
    }

    [Fact]
    [Rfc(9040, "6")]
    public void A_lost_SYNACK_is_sent_again_as_soon_as_the_destinations_round_trip_of_before_allows()
    {
        StartEcho();
        Open("10.0.0.9", port: 1);
        Advance(TimeSpan.FromMilliseconds(40));
        var answer = Peer.Segments[^1];
        Peer.Send(Segment("10.0.0.9", 1, EchoPort, TcpFlags.Ack, 2, answer.Sequence.Value + 1));
        Pump(() => Statistics().Opened == 2, "the connection");

        Peer.Segments.Clear();
        Open("10.0.0.9", port: 2);
        Open("10.0.0.8", port: 3);
        Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal([2, 3, 2], Peer.Flows.TakeLast(3).Select(flow => (int)flow.Local.Port));

        void Open(string address, ushort port)
        {
            var before = Peer.Segments.Count;
            Peer.Send(Segment(address, port, EchoPort, TcpFlags.Syn, 1));
            Pump(() => Peer.Segments.Count > before, "the SYN,ACK");
        }
    }

    /// <summary>The server's answer leaves, and its acknowledgment does not arrive.</summary>
    private void Outstanding(PeerConnection client)
    {
        Peer.IsDeaf = true;
        client.Write(20_000, Time);
        Pump(() => Statistics().SegmentsSent > 0 && Peer.Ignored >= 10, "the answer");
        Peer.IsDeaf = false;
    }

    private void SendFragment(ReadOnlySpan<byte> packet, int start, int end, bool more)
    {
        byte[] fragment = [.. packet[..20], .. packet[start..end]];
        BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(2), (ushort)fragment.Length);
        BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(6), (ushort)((start - 20) / 8 | (more ? 0x2000 : 0)));
        Seal(fragment.AsSpan(0, 20), 10);
        Peer.SendFrame(fragment);
    }

    private static byte[] TooBig(in FlowKey client, uint sequence, ushort mtu)
    {
        byte[] message =
        [
            0x45, 0, 0, 56, 0, 0, 0, 0, 64, 1, 0, 0, 10, 0, 0, 254, 10, 9, 0, 1,
            3, 4, 0, 0, 0, 0, 0, 0,
            0x45, 0, 5, 220, 0, 0, 0x40, 0, 64, 6, 0, 0, 10, 9, 0, 1, 10, 0, 0, 1,
            0, 0, 0, 0, 0, 0, 0, 0,
        ];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(26), mtu);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(48), client.Remote.Port);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(50), client.Local.Port);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(52), sequence);
        Seal(message.AsSpan(0, 20), 10);
        Seal(message.AsSpan(20), 2);
        return message;
    }

    private static void Seal(Span<byte> bytes, int at)
    {
        bytes.Slice(at, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(bytes[at..], Checksum.Compute(bytes));
    }
}
