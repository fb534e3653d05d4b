using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.Tcp.Recovery;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp.Recovery;

/// <summary>The end of a transfer, where nothing new follows what was lost.</summary>
public sealed partial class RecoveryTests
{
    [Fact]
    [Rfc(5681, "3.1")]
    public void After_a_timeout_the_flight_doubles_each_round_though_nothing_new_follows()
    {
        var peer = Sent(8);
        TimeOut(peer);
        Assert.Equal([2, 4, 1], Rounds(peer, acknowledged: 1, end: 8));
    }

    [Fact]
    [Rfc(9937, "6")]
    public void While_nothing_more_is_found_lost_each_acknowledgment_lets_one_segment_more_out()
    {
        var peer = Sent(10);
        Sack(peer, 2);
        peer.WaitForTimer();
        peer.Wait(RoundTrip);
        var first = Segments(Sack(peer, 2, (9, 10)));
        Assert.Equal(1, first);
        Assert.Equal([2, 3, 1], Rounds(peer, acknowledged: 3, end: 9, (9, 10)));
    }

    [Fact]
    [Rfc(5682, "2.1")]
    public void Where_no_new_data_fits_the_window_to_test_a_timeout_what_is_lost_goes_at_once()
    {
        var peer = Established();
        peer.Window = Window(10 * Mss + 500);
        peer.Arrive(TcpFlags.Ack, 1001, 5001);
        peer.Write(40 * Mss);
        peer.Wait(RoundTrip);
        TimeOut(peer);
        peer.Window = Window(10 * Mss);
        Assert.Contains(Sack(peer, 1), segment => segment.Sequence == Number(1));

        static ushort Window(int bytes) => (ushort)(bytes >> ScriptedPeer.WindowScale);
    }

    [Fact]
    [Rfc(8985, "7.2")]
    public void What_was_acknowledged_while_the_owner_was_held_up_is_not_probed()
    {
        var peer = Sent(8);
        Assert.Empty(peer.HoldUp(TimeSpan.FromSeconds(5)));
        Assert.Empty(Sack(peer, 8));
        Assert.Empty(peer.Wait(TimeSpan.Zero));
        Assert.Equal(0, peer.Connection.Info.Retransmissions);
    }

    [Fact]
    [Rfc(8985, "7.2")]
    public void What_was_not_acknowledged_while_the_owner_was_held_up_is_probed_after_the_next_read()
    {
        var peer = Sent(8);
        Assert.Empty(peer.HoldUp(RoundTrip * 3));
        var probe = Assert.Single(peer.Wait(TimeSpan.Zero));
        Assert.Equal(Number(7), probe.Sequence);
    }

    [Fact]
    [Rfc(8985, "7.2")]
    public void A_move_lets_what_was_acknowledged_meanwhile_come_before_the_probe()
    {
        var peer = Sent(8);
        peer.Wait(peer.Connection.NextDeadline!.Value - peer.Now - TimeSpan.FromMilliseconds(1));
        peer.Move();
        peer.Connection.Resume(peer.Now);
        Assert.Equal(0, Assert.Single(peer.Output()).Payload.Length);

        Assert.Empty(peer.Wait(RoundTrip));
        var probe = Assert.Single(peer.WaitForTimer());
        Assert.Equal(Number(7), probe.Sequence);
    }

    [Fact]
    [Rfc(8985, "7.2")]
    public void Small_segments_are_no_lone_segment_whose_acknowledgment_may_be_delayed()
    {
        var peer = Established();
        for (var i = 0; i < 3; i++) peer.Write(100);
        Assert.Equal(RoundTrip * 2 + TimeSpan.FromMilliseconds(2), peer.Connection.NextDeadline - peer.Now);
    }

    [Fact]
    [Rfc(8985, "7.2")]
    public void The_delay_of_a_lone_segments_acknowledgment_counts_from_when_it_was_sent()
    {
        var peer = Established();
        peer.Write(3 * Mss);
        var sent = peer.Now;
        peer.Wait(RoundTrip * 2);
        Sack(peer, 2);
        var probe = Assert.Single(peer.WaitForTimer());
        Assert.Equal(Number(2), probe.Sequence);
        Assert.InRange(peer.Now - sent, TimeSpan.FromMilliseconds(280), TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    [Rfc(8985, "7.4.2")]
    public void A_duplicate_of_the_probe_does_not_undo_the_recovery_of_what_was_lost()
    {
        var peer = Sent(6);
        Sack(peer, 2);
        peer.WaitForTimer();
        Sack(peer, 2, (3, 6));
        Assert.Equal(RecoveryState.Recovery, StateOf(peer));
        var threshold = peer.Connection.Info.SlowStartThreshold;
        Sack(peer, 2, (5, 6), (3, 6));
        Assert.Equal((RecoveryState.Recovery, threshold), (StateOf(peer), peer.Connection.Info.SlowStartThreshold));
    }

    [Fact]
    [Rfc(5681, "3.1")]
    public void A_timeout_after_progress_lowers_the_threshold_again()
    {
        var peer = Sent(10);
        TimeOut(peer);
        var threshold = peer.Connection.Info.SlowStartThreshold;
        Sack(peer, 1);
        while (peer.Connection.Info.CongestionWindow > Mss) peer.WaitForTimer();
        Assert.InRange(peer.Connection.Info.SlowStartThreshold, 2u * Mss, threshold - 1);
    }

    [Fact]
    [Rfc(2018, "8")]
    public void A_peer_that_reneges_cannot_put_off_the_timeout_by_repeating_itself()
    {
        var peer = Sent(10);
        Sack(peer, 0, (1, 10));
        Sack(peer, 1);
        var due = peer.Connection.NextDeadline;
        peer.Wait(TimeSpan.FromMilliseconds(10));
        Sack(peer, 1, (2, 10));
        Assert.Equal(due, peer.Connection.NextDeadline);
    }

    /// <summary>Segments of each answer, while every flight is acknowledged a round trip later.</summary>
    private static List<int> Rounds(ScriptedPeer peer, int acknowledged, int end, params (int First, int End)[] held)
    {
        var flights = new List<int>();
        while (acknowledged < end)
        {
            peer.Wait(RoundTrip);
            flights.Add(Segments(Sack(peer, acknowledged, held)));
            acknowledged += flights[^1];
            Assert.NotEqual(0, flights[^1]);
        }

        return flights;
    }
}
