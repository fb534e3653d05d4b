using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Recovery;
using ActorStack.Transport.Tcp.Timers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp.Recovery;

/// <summary>
/// Loss recovery segment by segment: ten segments of 1,460 bytes are out, 40 ms after they were sent answers come.
/// </summary>
public sealed partial class RecoveryTests
{
    private const int Mss = 1460;
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(40);

    [Fact]
    [Rfc(8985, "6.2")]
    public void The_third_SACKed_segment_marks_what_was_sent_before_it_lost()
    {
        // RFC 8985 section 6.2 step 4: no reordering seen, so three segments are evidence enough.
        var peer = Sent(10);
        Assert.Empty(Sack(peer, 0, (1, 2)));
        Assert.Empty(Sack(peer, 0, (1, 3)));
        var again = Assert.Single(Sack(peer, 0, (1, 4)));
        Assert.Equal((Number(0), Mss), (again.Sequence, (int)again.Payload.Length));
        Assert.Equal(RecoveryState.Recovery, StateOf(peer));
        Assert.Equal(1, peer.Connection.Info.Retransmissions);
    }

    [Fact]
    [Rfc(8985, "6.2")]
    public void Fewer_segments_are_evidence_a_quarter_of_the_round_trip_later()
    {
        // RFC 8985 section 6.2 step 5: the reordering timer.
        var peer = Sent(3);
        Assert.Empty(Sack(peer, 0, (1, 2)));
        var before = peer.Now;
        var again = Assert.Single(peer.WaitForTimer());
        Assert.Equal(Number(0), again.Sequence);
        Assert.Equal(RoundTrip / 4, peer.Now - before);
        Assert.Equal(RecoveryState.Recovery, StateOf(peer));
    }

    [Fact]
    [Rfc(3042, "2")]
    public void The_first_two_duplicates_let_new_segments_out()
    {
        // RFC 3042.
        var peer = Sent(10);
        peer.Send.Write(new byte[10 * Mss]);
        Assert.Equal(Number(10), Assert.Single(Sack(peer, 0, (1, 2))).Sequence);
        Assert.Equal(Number(11), Assert.Single(Sack(peer, 0, (1, 3))).Sequence);
    }

    [Fact]
    public void Consecutive_lost_segments_leave_in_one_transmission()
    {
        var peer = Sent(10);
        var resent = Sack(peer, 0, (5, 10));
        Assert.Equal(Number(0), resent[0].Sequence);
        // RFC 9937: nothing is in flight, so as much as was delivered.
        Assert.Equal(5 * Mss, Assert.Single(resent).Payload.Length);
    }

    [Fact]
    [Rfc(9937, "6")]
    public void The_flight_comes_down_to_the_threshold_in_proportion_to_what_is_delivered()
    {
        // RFC 9937 section 6: ten in flight, threshold five: one segment for two delivered, once the flight is above the
        // threshold.
        var peer = Sent(10, unsent: 100);
        var sent = 0;
        for (var i = 2; i <= 10; i++) sent += Segments(Sack(peer, 0, (1, i)));
        Assert.InRange(sent, 4, 8);
        Assert.True(Record(peer).RateReduction.IsActive);
        Assert.InRange(Record(peer).RateReduction.Sent, 1, Record(peer).RateReduction.Delivered);
        peer.Arrive(TcpFlags.Ack, 1001, Record(peer).Send.SndMax);
        Assert.False(Record(peer).RateReduction.IsActive);
        Assert.Equal(RecoveryState.Open, StateOf(peer));
    }

    [Fact]
    [Rfc(8985, "3.1", "6.2")]
    public void A_lost_retransmission_is_resent_without_a_timeout()
    {
        // RFC 8985 section 3.1: what was sent after the retransmission has arrived, the retransmission has not.
        var peer = Sent(10, unsent: 100);
        Sack(peer, 0, (1, 4));
        var fresh = Sack(peer, 0, (1, 10)); // new segments leave after the retransmission
        Assert.NotEmpty(fresh);
        peer.Wait(RoundTrip);
        var again = Sack(peer, 0, (1, 11));
        Assert.Equal(Number(0), again[0].Sequence);
        Assert.Equal(RecoveryState.Recovery, StateOf(peer));
    }

    [Fact]
    [Rfc(8985, "7.2", "7.3")]
    public void A_lost_tail_is_probed_and_repaired_without_a_timeout()
    {
        // RFC 8985 section 7: the probe's SACK reveals what else was lost.
        var peer = Sent(10);
        Sack(peer, 5);
        var before = peer.Now;
        var probe = Assert.Single(peer.WaitForTimer());
        Assert.Equal((Number(9), Mss), (probe.Sequence, (int)probe.Payload.Length));
        Assert.InRange(peer.Now - before, RoundTrip * 2, RoundTrip * 3);
        peer.Wait(RoundTrip);
        Assert.Equal(Number(5), Assert.Single(Sack(peer, 5, (9, 10))).Sequence);
        Assert.Equal(RecoveryState.Recovery, StateOf(peer));
    }

    [Fact]
    [Rfc(8985, "7.4.2")]
    public void A_probe_that_repaired_the_only_loss_reduces_the_window()
    {
        // RFC 8985 section 7.4.2.
        var peer = Sent(10);
        Sack(peer, 9);
        peer.WaitForTimer();
        var before = peer.Connection.Info.CongestionWindow;
        peer.Write(Mss);
        Sack(peer, 11);
        Assert.True(peer.Connection.Info.CongestionWindow < before, $"{peer.Connection.Info.CongestionWindow}");
    }

    [Fact]
    [Rfc(8985, "7.4.2")]
    public void A_probe_whose_original_had_arrived_reduces_nothing()
    {
        var peer = Sent(10);
        Sack(peer, 9);
        peer.WaitForTimer();
        var before = peer.Connection.Info.CongestionWindow;
        Sack(peer, 10, (9, 10)); // a DSACK
        Assert.True(peer.Connection.Info.CongestionWindow >= before);
    }

    [Fact]
    [Rfc(5682, "3.1")]
    public void A_timeout_is_spurious_where_data_never_resent_arrives()
    {
        // RFC 5682 section 3.1: the SACK-enhanced F-RTO.
        var peer = Sent(10);
        var window = peer.Connection.Info.CongestionWindow;
        TimeOut(peer);
        Assert.Equal(RecoveryState.Loss, StateOf(peer));
        Sack(peer, 0, (3, 4));
        Assert.NotEqual(RecoveryState.Loss, StateOf(peer));
        Assert.True(peer.Connection.Info.CongestionWindow >= window / 2, $"{peer.Connection.Info.CongestionWindow}");
    }

    [Fact]
    [Rfc(5682, "2.1")]
    public void Without_SACK_new_data_tests_whether_a_timeout_was_spurious()
    {
        // RFC 5682 section 2.1 steps 2.b and 3.b.
        var peer = Sent(10, unsent: 10, sack: false);
        var window = peer.Connection.Info.CongestionWindow;
        TimeOut(peer);
        var test = Sack(peer, 1);
        Assert.All(test, segment => Assert.True(segment.Sequence >= Number(10)));
        Assert.NotEmpty(test);
        Sack(peer, 2);
        Assert.Equal(RecoveryState.Open, StateOf(peer));
        Assert.True(peer.Connection.Info.CongestionWindow >= window);
    }

    [Fact]
    [Rfc(5682, "2.1")]
    public void Without_SACK_a_duplicate_after_the_test_resends_the_rest()
    {
        // RFC 5682 section 2.1 step 3.a.
        var peer = Sent(10, unsent: 10, sack: false);
        TimeOut(peer);
        Sack(peer, 1);
        var resent = Sack(peer, 1);
        Assert.Contains(resent, segment => segment.Sequence == Number(1));
        Assert.Equal(RecoveryState.Loss, StateOf(peer));
    }

    [Fact]
    [Rfc(2883, "5.2")]
    public void A_reduction_is_undone_when_every_retransmission_is_reported_as_a_duplicate()
    {
        // RFC 2883, RFC 3708.
        var peer = Sent(10);
        var window = peer.Connection.Info.CongestionWindow;
        Sack(peer, 0, (1, 4));
        Assert.True(peer.Connection.Info.SlowStartThreshold < window);
        Sack(peer, 4, (0, 1));
        Assert.NotEqual(RecoveryState.Recovery, StateOf(peer));
        Assert.True(peer.Connection.Info.CongestionWindow >= window, $"{peer.Connection.Info.CongestionWindow}");
    }

    [Fact]
    [Rfc(3522, "3.2")]
    public void A_reduction_is_undone_when_the_timestamp_is_of_what_was_sent_first()
    {
        // RFC 3522: the Eifel detection.
        var peer = Established(timestamps: true);
        peer.Write(10 * 1448);
        var echo = Clock(peer);
        peer.Wait(RoundTrip);
        var window = peer.Connection.Info.CongestionWindow;
        Answer(peer, 0, echo, 1448, (1, 4));
        Assert.Equal(RecoveryState.Recovery, StateOf(peer));
        peer.Wait(TimeSpan.FromMilliseconds(5));
        Answer(peer, 10, echo, 1448);
        Assert.Equal(RecoveryState.Open, StateOf(peer));
        Assert.True(peer.Connection.Info.CongestionWindow >= window, $"{peer.Connection.Info.CongestionWindow}");
    }

    [Fact]
    [Rfc(8985, "6.2")]
    public void Reordering_once_seen_widens_the_window_so_that_the_next_costs_nothing()
    {
        // RFC 8985 section 6.2 steps 3 and 4.
        var peer = Sent(10);
        Sack(peer, 0, (1, 2));
        Sack(peer, 2); // the first came late
        peer.Write(10 * Mss);
        Sack(peer, 10);
        peer.Wait(RoundTrip);
        Assert.Empty(Sack(peer, 10, (11, 18)));
        Assert.Empty(peer.Wait(RoundTrip / 5));
        Sack(peer, 20);
        Assert.Equal(0, peer.Connection.Info.Retransmissions);
    }

    [Fact]
    [Rfc(8985, "6.2")]
    public void A_DSACK_widens_the_window_by_a_quarter_of_the_round_trip_once_a_round()
    {
        var peer = Sent(10);
        Sack(peer, 0, (1, 2));
        Sack(peer, 2);
        peer.Wait(RoundTrip);
        Sack(peer, 2, (4, 8));
        peer.WaitForTimer();
        Assert.Equal(1, Record(peer).Rack.Multiplier);
        Sack(peer, 8, (2, 3));
        Sack(peer, 8, (3, 4));
        Assert.Equal(2, Record(peer).Rack.Multiplier);
    }

    [Fact]
    [Rfc(2018, "8")]
    public void A_peer_that_reneges_gets_everything_again()
    {
        // RFC 2018 section 8.
        var peer = Sent(10);
        Sack(peer, 0, (1, 10));
        var resent = new List<OutboundSegment>(Sack(peer, 1));
        for (var acknowledged = 1; acknowledged < 10; acknowledged++)
        {
            for (var waits = 0; waits < 5 && !resent.Any(segment => segment.Sequence == Number(acknowledged)); waits++)
                resent.AddRange(peer.WaitForTimer());
            Assert.Contains(resent, segment => segment.Sequence <= Number(acknowledged)
                && segment.Sequence + (int)segment.Payload.Length > Number(acknowledged));
            resent.AddRange(Sack(peer, acknowledged + 1));
        }

        Assert.Equal(TcpState.Established, peer.Connection.State);
    }

    [Fact]
    [Rfc(6582, "3.2")]
    public void Without_SACK_the_third_duplicate_resends_the_first_and_a_partial_acknowledgment_the_next()
    {
        // RFC 5681 section 3.2, RFC 6582 section 3.2.
        var peer = Sent(10, sack: false);
        Assert.Empty(Sack(peer, 0));
        Assert.Empty(Sack(peer, 0));
        Assert.Equal(Number(0), Assert.Single(Sack(peer, 0)).Sequence);
        Assert.Equal(Number(4), Assert.Single(Sack(peer, 4)).Sequence);
        Assert.Empty(Sack(peer, 10));
        Assert.Equal(RecoveryState.Open, StateOf(peer));
        Assert.Equal(peer.Connection.Info.SlowStartThreshold, peer.Connection.Info.CongestionWindow);
    }

    /// <summary>
    /// "The Cumulative Acknowledgment field covers more than recover", else the duplicates are answers to what was resent for
    /// nothing.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Rfc(6582, "3.2")]
    public void Without_SACK_duplicates_count_only_once_more_than_the_last_recovery_is_acknowledged(bool moves)
    {
        // Zero to three are lost, and the duplicates that four to nine draw.
        var peer = Sent(10, sack: false);
        TimeOut(peer);
        for (var acknowledged = 1; acknowledged < 4; acknowledged++) Sack(peer, acknowledged);
        Sack(peer, 10);
        Assert.Equal(RecoveryState.Open, StateOf(peer));
        Assert.True(Segments(peer.Write(10 * Mss)) >= 5);
        var (window, retransmissions) = (peer.Connection.Info.CongestionWindow, peer.Connection.Info.Retransmissions);
        for (var duplicate = 0; duplicate < 3; duplicate++)
        {
            if (moves) peer.Move();
            Assert.Empty(Sack(peer, 10));
        }

        Assert.Equal((RecoveryState.Open, window, retransmissions),
            (StateOf(peer), peer.Connection.Info.CongestionWindow, peer.Connection.Info.Retransmissions));

        Sack(peer, 11);
        Sack(peer, 11);
        Sack(peer, 11);
        Assert.Contains(Sack(peer, 11), segment => segment.Sequence == Number(11));
        Assert.Equal(RecoveryState.Recovery, StateOf(peer));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Rfc(8985, "6.2")]
    public void The_reordering_window_of_a_path_that_became_longer_grows_with_it_within_five_minutes(bool moves)
    {
        var longer = 2.5 * RoundTrip;
        var peer = Established();
        var changed = peer.Now;
        while (peer.Now - changed <= 2 * WindowedMinimum.Half)
        {
            peer.Write(Mss);
            peer.Wait(longer);
            peer.Arrive(TcpFlags.Ack, 1001, Record(peer).Send.SndMax);
            peer.Wait(TimeSpan.FromSeconds(10));
            if (moves) peer.Move();
        }

        var first = Record(peer).Send.SndMax;
        peer.Write(3 * Mss);
        peer.Wait(longer);
        var options = new TcpOptions { SackCount = 1 };
        options.Sack[0] = new SackBlock(new(first + Mss), new(first + 2 * Mss));
        Assert.Empty(peer.Arrive(TcpFlags.Ack, 1001, first, options: options));
        Assert.Equal(longer / 4, peer.Connection.NextDeadline - peer.Now);
    }

    [Fact]
    public void The_round_trip_is_measured_of_SACKed_segments_too_and_never_of_resent_ones()
    {
        var peer = Sent(10);
        Sack(peer, 0, (1, 4));
        Assert.Equal(RoundTrip, peer.Connection.Info.RoundTripTime);
        peer.Wait(TimeSpan.FromSeconds(0.1));
        Sack(peer, 1, (1, 4));
        Assert.Equal(RoundTrip, peer.Connection.Info.RoundTripTime);
    }

    [Fact]
    public void An_acknowledgment_that_leaves_no_room_looks_at_no_more_of_many_tiny_lost_segments_than_there_is_room_for()
    {
        var peer = Established();
        for (var i = 0; i < 14_000; i++) peer.Write(1);
        TimeOut(peer);
        var before = peer.Connection.ScoreboardVisits;
        Assert.Empty(Sack(peer, 0));
        Assert.InRange(peer.Connection.ScoreboardVisits - before, 0, 10);
    }

    /// <summary>The handshake takes a round trip, as all that follows.</summary>
    private static ScriptedPeer Established(bool sack = true, bool timestamps = false)
    {
        var settings = TcpSettings.Default with { Timestamps = timestamps, Sack = sack, MaximumSegmentPayload = 64 * 1024 };
        var peer = new ScriptedPeer(settings, timestamps: timestamps);
        peer.Output();
        var options = new TcpOptions { HasTimestamps = timestamps, TimestampValue = 901, TimestampEcho = Clock(peer) };
        peer.Wait(RoundTrip);
        peer.Arrive(TcpFlags.Ack, 1001, 5001, options: options);
        return peer;
    }

    /// <summary>So many segments are sent, more are written, and a round trip is over.</summary>
    private static ScriptedPeer Sent(int segments, int unsent = 0, bool sack = true)
    {
        var peer = Established(sack);
        peer.Write(segments * Mss);
        if (unsent > 0) peer.Send.Write(new byte[unsent * Mss]);
        peer.Wait(RoundTrip);
        return peer;
    }

    /// <summary>The peer acknowledges all segments below one, and holds others.</summary>
    private static List<OutboundSegment> Sack(ScriptedPeer peer, int acknowledged, params (int First, int End)[] blocks) =>
        peer.Arrive(TcpFlags.Ack, 1001, Number(acknowledged).Value, options: Options(blocks, Mss));

    private static void Answer(ScriptedPeer peer, int acknowledged, uint echo, int mss, params (int First, int End)[] blocks)
    {
        var options = Options(blocks, mss);
        (options.HasTimestamps, options.TimestampValue, options.TimestampEcho) = (true, 1000, echo);
        peer.Arrive(TcpFlags.Ack, 1001, 5001 + (uint)(acknowledged * mss), options: options);
    }

    private static TcpOptions Options((int First, int End)[] blocks, int mss)
    {
        var options = new TcpOptions { SackCount = (byte)blocks.Length };
        for (var i = 0; i < blocks.Length; i++)
            options.Sack[i] = new SackBlock(new(5001 + (uint)(blocks[i].First * mss)), new(5001 + (uint)(blocks[i].End * mss)));
        return options;
    }

    private static SequenceNumber Number(int segment) => new(5001 + (uint)(segment * Mss));

    private static uint Clock(ScriptedPeer peer) => (uint)(peer.Now.Ticks / TimeSpan.TicksPerMillisecond);

    private static int Segments(List<OutboundSegment> sent) => sent.Sum(segment => (int)segment.Payload.Length / Mss);

    private static TcpConnectionState Record(ScriptedPeer peer) => peer.Connection.Export(ExportScope.Bare, peer.Now);

    private static RecoveryState StateOf(ScriptedPeer peer) => (RecoveryState)Record(peer).Recovery.State;

    private static void TimeOut(ScriptedPeer peer)
    {
        for (var waits = 0; waits < 3 && StateOf(peer) is not RecoveryState.Loss; waits++) peer.WaitForTimer();
    }
}
