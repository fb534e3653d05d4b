using System.Buffers.Binary;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Tests.Support;
using ActorStack.Tests.Common;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Connections;

/// <summary>Path MTU by ICMP (RFC 1191, RFC 5927) and fragments (RFC 791), from the packet to the connection.</summary>
public class PathTests : StackTest
{
    [Fact]
    [Rfc(1191, "6.2", "6.3")]
    public void What_a_router_tells_of_one_connection_the_next_begins_with_RFC_1191_section_6_2()
    {
        var client = StartEcho();
        EchoRoundTrip(client, 10_000);
        Outstanding(client);
        Peer.SendFrame(TooBig(client.Tcp.Flow, client.Tcp.Export(ExportScope.Bare, Time).Receive.RcvNxt, 1_000));
        Pump(() => client.Received.Count == 30_000, "what was resent");
        Assert.DoesNotContain("OutOfWindowIcmps", Statistics().TcpExt.Keys);

        Peer.Payloads.Clear();
        var next = Connect(EchoPort);
        Pump(() => Statistics().Opened == 2, "the connection");
        EchoRoundTrip(next, 10_000);
        Assert.InRange(Peer.Payloads.Max(), 900, 948);
    }

    /// <summary>
    /// Both ends may open the next. The MSS announced is of what arrives here, which the way there says nothing of.
    /// </summary>
    [Theory]
    [InlineData(false, 1_280, 1_280)]
    [InlineData(false, 1_100, 1_006)]
    [InlineData(false, 576, 552)]
    [InlineData(true, 1_280, 1_280)]
    [Rfc(9040, "6")]
    [Rfc(4821, "7.7")]
    public void A_black_hole_that_one_connection_found_those_after_it_do_not_meet(bool isIPv6, int carried, int found)
    {
        StartStack();
        Listen(EchoPort, Applications.Echo);
        Peer.Carries = carried;
        var first = Connect(EchoPort, isIPv6 ? ServerIPv6 : Server);
        first.Write(200_000, Time);
        PumpInTime(() => first.Received.Count > 0, TimeSpan.FromSeconds(3), "the echo through the black hole");
        PumpInTime(() => first.Received.Count == 200_000, TimeSpan.FromSeconds(3), "all of it");

        var largest = found - (isIPv6 ? 60 : 40) - 12;
        Forget();
        EchoRoundTrip(Connect(EchoPort, isIPv6 ? ServerIPv6 : Server), 30_000);
        AssertBeganWith(largest, isIPv6);

        Forget();
        var remote = new TcpEndpoint(IpAddress.Parse(isIPv6 ? "fd00::1" : "10.0.0.1"), 80);
        var accepting = Peer.Accept(remote);
        var opened = Ask<StackProtocol.Connected>(new StackProtocol.Connect(new ConnectSettings(remote)));
        _ = opened.Connection.Pipe.Output.WriteAsync(new byte[30_000]).AsTask();
        Pump(() => accepting().Received.Count == 30_000, "what was written");
        AssertBeganWith(largest, isIPv6);
    }

    /// <summary>
    /// RFC 4821 section 7.3: tried by the next connection when ten minutes are over, and shared where it succeeds.
    /// </summary>
    [Fact]
    [Rfc(9040, "6")]
    public void A_path_that_grew_again_is_found_and_the_connections_after_begin_with_it()
    {
        StartStack();
        Listen(EchoPort, Applications.Echo);
        Peer.Carries = 1_280;
        var first = Connect(EchoPort);
        first.Write(200_000, Time);
        PumpInTime(() => first.Received.Count == 200_000, TimeSpan.FromSeconds(6), "the echo through the black hole");
        first.Close(Time);
        Peer.Carries = int.MaxValue;
        Advance(TimeSpan.FromMinutes(9));
        Forget();
        EchoRoundTrip(Connect(EchoPort), 30_000);
        Assert.Equal(1_228, Peer.Payloads.Max());

        Advance(TimeSpan.FromMinutes(2));
        Forget();
        var prober = Connect(EchoPort);
        for (var i = 0; i < 5; i++) EchoRoundTrip(prober, 30_000);
        Assert.Equal(1_448, Peer.Payloads.Max());
        Forget();
        EchoRoundTrip(Connect(EchoPort), 30_000);
        Assert.Equal(1_448, Peer.Payloads.First(payload => payload > 0));
    }

    /// <summary>What stands still while an outage lasts may be of any size: the next connection does not hear of it.</summary>
    [Fact]
    public void An_outage_teaches_nothing()
    {
        var client = StartEcho();
        EchoRoundTrip(client, 10_000);
        Outstanding(client);
        Peer.IsDeaf = true;
        Advance(TimeSpan.FromSeconds(4));
        Peer.IsDeaf = false;
        Forget();
        EchoRoundTrip(Connect(EchoPort), 30_000);
        Assert.Equal(1_448, Peer.Payloads.First(payload => payload > 0));
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
        var length = PacketWriter.WriteHeaders(packet,
            Segment("10.0.0.9", 999, 4711, TcpFlags.Ack, 1, 4242) with { Payload = new(new byte[40]) }, ChecksumMode.Full) + 40;
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

    private void Forget()
    {
        Peer.Payloads.Clear();
        Peer.Segments.Clear();
    }

    private void AssertBeganWith(int largest, bool isIPv6)
    {
        Assert.Equal(largest, Peer.Payloads.Max());
        var syn = Assert.Single(Peer.Segments, segment => segment.Has(TcpFlags.Syn));
        Assert.Equal(isIPv6 ? 1_440 : 1_460, syn.Options.MaximumSegmentSize);
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
