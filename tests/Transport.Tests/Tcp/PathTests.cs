using System.Net.Sockets;
using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Tcp.Paths;
using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp;

/// <summary>Path MTU discovery (RFC 1191, RFC 8201, RFC 4821) and what is believed of ICMP (RFC 5927).</summary>
public sealed class PathTests
{
    private readonly TcpCounters _counters = new();

    private TcpSettings Settings =>
        TcpSettings.Default with { Timestamps = false, MaximumSegmentPayload = 64 * 1024, Counters = _counters };

    [Fact]
    [Rfc(1191, "6.4")]
    [Rfc(8201, "5.4")]
    public void A_router_that_says_too_big_gets_smaller_segments_and_the_window_stays_RFC_1191()
    {
        var peer = ScriptedPeer.Established(Settings);
        peer.Write(5_000);
        var window = peer.Connection.Info.CongestionWindow;
        var resent = Icmp(peer, TooBig(1_200, 5_001));
        Assert.Equal(new SequenceNumber(5_001), resent[0].Sequence);
        Assert.Equal(5_000, resent.Sum(segment => segment.Payload.Length));
        Assert.All(resent, segment => Assert.Equal(1_160, segment.MaximumPayload));
        Assert.Equal(1_200, peer.Connection.PathMtu);

        peer.Arrive(TcpFlags.Ack, 1001, 10_001);
        Assert.True(peer.Connection.Info.CongestionWindow >= window);
        Assert.All(peer.Write(3_000), segment => Assert.Equal(1_160, segment.MaximumPayload));
    }

    /// <summary>RFC 5681's SMSS is the size of a segment now: a new owner of the connection knows no other.</summary>
    [Theory]
    [InlineData("reno")]
    [InlineData("cubic")]
    [InlineData("bbr")]
    public void The_window_falls_to_a_segment_of_the_new_size_and_the_same_after_a_move(string congestion)
    {
        Assert.Equal(After(moved: false), After(moved: true));

        (uint Window, int Resent) After(bool moved)
        {
            var peer = ScriptedPeer.Established(
                Settings with { Options = Settings.Options with { CongestionAlgorithm = congestion } });
            peer.Write(20_000);
            Icmp(peer, TooBig(600, 5_001));
            if (moved) peer.Move();
            var resent = peer.WaitForTimer();
            if (congestion != "bbr") Assert.Equal(560u, peer.Connection.Info.CongestionWindow);
            return (peer.Connection.Info.CongestionWindow, (int)resent.Sum(segment => segment.Payload.Length));
        }
    }

    [Theory]
    [InlineData(5_000u)] // acknowledged long ago
    [InlineData(10_001u)] // not yet sent
    [InlineData(77u)]
    [Rfc(5927, "4.1")]
    public void A_forged_ICMP_message_without_an_outstanding_number_is_not_believed_RFC_5927_section_4(uint sequence)
    {
        var peer = ScriptedPeer.Established(Settings);
        peer.Write(5_000);
        Assert.Empty(Icmp(peer, TooBig(576, sequence)));
        Assert.Equal(1_500, peer.Connection.PathMtu);
        Assert.Equal(1, _counters[TcpExt.OutOfWindowIcmps]);
    }

    [Theory]
    [InlineData(68u, 552)] // no smaller than is of use to anyone but a forger
    [InlineData(0u, 1_492)] // RFC 1191 section 5: the next plateau below
    [InlineData(9_000u, 1_500)]
    public void What_a_router_may_ask_for_is_bounded(uint told, int mtu)
    {
        var peer = ScriptedPeer.Established(Settings);
        peer.Write(5_000);
        Icmp(peer, TooBig(told, 5_001));
        Assert.Equal(mtu, peer.Connection.PathMtu);
    }

    [Theory]
    [InlineData(TcpState.Established)]
    [InlineData(TcpState.FinWait1)]
    [Rfc(5927, "5.2")]
    public void Hard_errors_are_soft_once_synchronized_RFC_5927_section_5_2(TcpState state)
    {
        var peer = ScriptedPeer.Established(Settings);
        peer.Write(100, close: state is TcpState.FinWait1);
        Icmp(peer, Unreachable(5_001));
        Assert.Equal(state, peer.Connection.State);
    }

    [Fact]
    [Rfc(1122, "4.2.3.9")]
    public void An_open_that_is_refused_by_ICMP_is_given_up_RFC_1122_section_4_2_3_9()
    {
        var peer = new ScriptedPeer(active: true);
        peer.Output();
        Icmp(peer, Unreachable(4_999));
        Assert.Equal(TcpState.SynSent, peer.Connection.State);
        Icmp(peer, Unreachable(5_000));
        Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<SocketException>(peer.Connection.Error).SocketErrorCode);
    }

    [Fact]
    [Rfc(4821, "7.7")]
    public void Full_segments_that_vanish_are_sent_smaller_RFC_4821_section_7_7()
    {
        var peer = ScriptedPeer.Established(Settings);
        peer.Write(20_000);
        for (var timeouts = 0; timeouts < 20 && peer.Connection.PathMtu == 1_500; timeouts++) peer.WaitForTimer();
        Assert.Equal(1_006, peer.Connection.PathMtu);
        Assert.True(peer.Connection.Export(ExportScope.Bare, peer.Now).Retransmission.RetransmitCount <= 2);
        Assert.Equal(1, _counters[TcpExt.TCPMTUPFail]);
    }

    [Fact]
    [Rfc(4821, "7.7")]
    public void After_an_outage_that_looked_like_a_black_hole_larger_segments_are_tried_at_once()
    {
        var peer = ScriptedPeer.Established(Settings);
        var end = EndOf(peer.Write(2_000_000));
        while (peer.Connection.PathMtu > 1_006) peer.WaitForTimer();
        var over = peer.Now;
        for (var roundTrips = 0; roundTrips < 10 && peer.Connection.PathMtu < 1_500; roundTrips++)
            end = EndOf(peer.Arrive(TcpFlags.Ack, 1001, end));
        Assert.Equal((1_500, over), (peer.Connection.PathMtu, peer.Now));
    }

    [Fact]
    public void A_probe_of_the_path_that_vanished_in_an_outage_with_all_else_is_repeated()
    {
        var peer = Lowered();
        peer.Wait(TimeSpan.FromMinutes(10));
        peer.Write(1_160);
        var sent = peer.Write(10_000);
        Assert.Equal(new SequenceNumber(11_161), Assert.Single(sent, segment => segment.MaximumPayload > 1_160).Sequence);
        while (peer.Connection.PathMtu == 1_200) peer.WaitForTimer();
        var resent = peer.Arrive(TcpFlags.Ack, 1001, 11_161);
        while (!resent.Exists(segment => segment.Sequence == new SequenceNumber(11_161))) resent = peer.WaitForTimer();

        peer.Arrive(TcpFlags.Ack, 1001, EndOf(sent));
        Assert.Contains(peer.Write(10_000), segment => segment.MaximumPayload == 1_240);
    }

    [Fact]
    public void Small_segments_that_vanish_are_no_black_hole()
    {
        var peer = ScriptedPeer.Established(Settings);
        peer.Write(500);
        for (var timeouts = 0; timeouts < 8; timeouts++) peer.WaitForTimer();
        Assert.Equal(1_500, peer.Connection.PathMtu);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Rfc(4821, "7.3", "7.5", "7.6.1")]
    public void A_larger_MTU_is_tried_by_one_segment_after_ten_minutes_RFC_4821_section_7(bool moved)
    {
        var peer = Lowered();
        peer.Wait(TimeSpan.FromMinutes(9));
        Assert.DoesNotContain(peer.Write(10_000), segment => segment.MaximumPayload > 1_160);
        peer.Arrive(TcpFlags.Ack, 1001, 20_001);
        peer.Wait(TimeSpan.FromMinutes(1));
        var sent = peer.Write(10_000);
        var probe = Assert.Single(sent, segment => segment.MaximumPayload > 1_160);
        Assert.Equal((1_240, 1_240), (probe.MaximumPayload, (int)probe.Payload.Length));
        if (moved) peer.Move();
        peer.Arrive(TcpFlags.Ack, 1001, 30_001);
        Assert.Equal(1_280, peer.Connection.PathMtu);
        Assert.Equal(1, _counters[TcpExt.TCPMTUPSuccess]);
        Assert.Single(peer.Write(10_000), segment => segment.MaximumPayload == 1_360);
    }

    /// <summary>RFC 8899 section 5.1.2: one that is lost may have met congestion.</summary>
    [Fact]
    [Rfc(8899, "5.1.2")]
    public void Three_probes_of_the_path_that_are_lost_are_not_repeated_for_ten_minutes()
    {
        var peer = Lowered();
        peer.Wait(TimeSpan.FromMinutes(10));
        for (var probe = 0; probe < 3; probe++)
        {
            var sent = peer.Write(10_000);
            Assert.Single(sent, IsLarger);
            var first = sent[0].Sequence;
            while (!peer.WaitForTimer().Exists(segment => segment.Sequence == first))
                Assert.Equal(1_200, peer.Connection.PathMtu);
            peer.Arrive(TcpFlags.Ack, 1001, EndOf(sent));
            Assert.Equal(1_200, peer.Connection.PathMtu);
        }

        Assert.DoesNotContain(peer.Write(10_000), IsLarger);

        static bool IsLarger(OutboundSegment segment) => segment.MaximumPayload > 1_160;
    }

    /// <summary>With what it reports of its own receiving it would be larger than the MTU it tries.</summary>
    [Fact]
    [Rfc(4821, "7.4")]
    public void A_probe_of_the_path_waits_until_there_are_no_SACK_blocks_to_send()
    {
        var peer = Lowered();
        peer.Wait(TimeSpan.FromMinutes(10));
        peer.Arrive(TcpFlags.Ack, 1101, 10_001, 100);
        Assert.All(peer.Write(10_000), segment => Assert.Equal(1_148, segment.MaximumPayload));
        peer.Arrive(TcpFlags.Ack, 1001, 20_001, 100);
        Assert.Single(peer.Write(10_000), segment => segment.MaximumPayload == 1_240);
    }

    [Fact]
    [Rfc(9293, "3.7.1")]
    public void The_largest_segment_is_clamped_both_ways()
    {
        var peer = new ScriptedPeer(Settings with { Options = new SocketOptions { MaximumSegmentSize = 900 } });
        Assert.Equal(900, Assert.Single(peer.Output()).Options.MaximumSegmentSize);
        peer.Arrive(TcpFlags.Ack, 1001, 5001);
        Assert.All(peer.Write(5_000), segment => Assert.Equal(900, segment.MaximumPayload));
    }

    [Fact]
    [Rfc(8201, "4")]
    public void IPv6_never_goes_below_1280_RFC_8201_section_4()
    {
        var search = new PathMtuSearch(1_500, isIPv6: true);
        Assert.False(search.OnTold(1_279, TimeSpan.Zero));
        Assert.True(search.OnTold(1_280, TimeSpan.Zero));
        Assert.False(search.OnBlackHole(1_280, TimeSpan.Zero));
        Assert.Equal(1_280, search.Current);
    }

    private ScriptedPeer Lowered()
    {
        var peer = ScriptedPeer.Established(Settings);
        peer.Write(5_000);
        Icmp(peer, TooBig(1_200, 5_001));
        peer.Arrive(TcpFlags.Ack, 1001, 10_001);
        return peer;
    }

    private static uint EndOf(List<OutboundSegment> sent) =>
        sent.Max(segment => segment.Sequence.Value + (uint)segment.Payload.Length);

    private static List<OutboundSegment> Icmp(ScriptedPeer peer, IcmpMessage message)
    {
        peer.Connection.OnIcmp(message, peer.Now);
        return peer.Output();
    }

    private static IcmpMessage TooBig(uint mtu, uint sequence) =>
        new(IcmpKind.PacketTooBig, Type: 3, Code: 4, mtu, QuotesTcp: true, default, new SequenceNumber(sequence));

    private static IcmpMessage Unreachable(uint sequence) =>
        new(IcmpKind.DestinationUnreachable, Type: 3, Code: 3, Mtu: 0, QuotesTcp: true, default, new SequenceNumber(sequence));
}
