using System.Net.Sockets;
using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Limits;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp;

/// <summary>What a peer, or a stranger, may make a connection do and hold.</summary>
public sealed class ProtectionTests
{
    [Fact]
    [Rfc(5961, "7")]
    public void Challenge_ACKs_of_one_connection_are_limited_by_rate_RFC_5961_section_7()
    {
        var peer = ScriptedPeer.Established();
        Assert.Single(peer.Arrive(TcpFlags.Rst, 1002, 0));
        Assert.Empty(peer.Arrive(TcpFlags.Syn, 1001, 0));
        Assert.Empty(peer.Arrive(TcpFlags.Ack, 1001, 9000));
        Assert.Empty(peer.Arrive(TcpFlags.Ack, 1000, 5001));
        peer.Wait(TcpSettings.Default.ChallengeInterval);
        Assert.Single(peer.Arrive(TcpFlags.Rst, 1002, 0));
    }

    [Fact]
    public void Text_sent_again_is_acknowledged_at_any_rate()
    {
        var peer = ScriptedPeer.Established();
        peer.Arrive(TcpFlags.Ack, 1001, 5001, 100);
        for (var again = 0; again < 10; again++) Assert.Single(peer.Arrive(TcpFlags.Ack, 1001, 5001, 100));
    }

    [Fact]
    [Rfc(5961, "7")]
    public void Challenge_ACKs_of_all_connections_share_a_budget_that_is_drawn_anew_each_second_RFC_5961_section_7()
    {
        var settings = TcpSettings.Default with
        {
            ChallengeInterval = TimeSpan.Zero,
            Challenges = new ChallengeBudget(100, new Random(1)),
        };
        var peers = Enumerable.Range(0, 10).Select(_ => ScriptedPeer.Established(settings)).ToList();
        var counts = new List<int>();
        for (var second = 0; second < 5; second++)
        {
            counts.Add(Enumerable.Range(0, 300).Sum(i => peers[i % 10].Arrive(TcpFlags.Rst, 1002, 0).Count));
            foreach (var peer in peers) peer.Wait(TimeSpan.FromSeconds(1));
        }

        Assert.All(counts, count => Assert.InRange(count, 50, 150));
        Assert.True(counts.Distinct().Count() > 1, "an attacker could tell from his own how many others there were");
    }

    /// <summary>Linux's probes of keepalive and of a closed window: below the window, without text.</summary>
    [Fact]
    [Rfc(9293, "3.8.4", "3.10.7.4")]
    public void Probes_are_answered_though_strangers_have_used_up_the_challenge_ACKs_of_all()
    {
        var counters = new TcpCounters();
        var settings = TcpSettings.Default with { Counters = counters, Challenges = new ChallengeBudget(1, new Random(1)) };
        var attacker = ScriptedPeer.Established(settings with { ChallengeInterval = TimeSpan.Zero });
        var peer = ScriptedPeer.Established(settings);
        while (attacker.Arrive(TcpFlags.Rst, 1002, 0).Count > 0) Assert.InRange(counters[TcpExt.TCPChallengeACK], 0, 1);
        Assert.Single(peer.Arrive(TcpFlags.Ack, 1000, 5001));
        Assert.Empty(peer.Arrive(TcpFlags.Ack, 1000, 5001));
        Assert.Equal((1L, 1L), (counters[TcpExt.TCPChallengeACK], counters[TcpExt.TCPACKSkippedSeq]));
        peer.Wait(TcpSettings.Default.ChallengeInterval);
        Assert.Single(peer.Arrive(TcpFlags.Ack, 1000, 5001));
    }

    [Fact]
    public void A_moved_connection_does_not_challenge_more_often()
    {
        var peer = ScriptedPeer.Established();
        peer.Arrive(TcpFlags.Rst, 1002, 0);
        var image = peer.Connection.Capture(ExportScope.Whole, peer.Now);
        var moved = TcpConnection.Import(image, TcpSettings.Default, peer.Send, peer.Receive, peer.Now);
        moved.OnSegment(new TcpSegment { Flags = TcpFlags.Rst, Sequence = new SequenceNumber(1002) }, peer.Now);
        Assert.False(moved.TryTransmit(peer.Now, out _));
    }

    [Fact]
    [Rfc(5482, "3.1")]
    public void The_user_timeout_bounds_how_long_a_closed_window_is_probed_RFC_5482()
    {
        var settings = TcpSettings.Default with
        {
            Timestamps = false,
            Options = new SocketOptions { UserTimeout = TimeSpan.FromSeconds(30) },
        };
        var peer = ScriptedPeer.Established(settings);
        var began = peer.Now;
        ProbeUntilClosed(peer);
        Assert.Equal(SocketError.TimedOut, Assert.IsType<SocketException>(peer.Connection.Error).SocketErrorCode);
        // The first probe, and then not at the next, which would come at 51 s.
        Assert.Equal(TimeSpan.FromSeconds(30.2), peer.Now - began);
    }

    [Fact]
    public void A_peer_that_opens_its_window_now_and_then_is_not_given_up()
    {
        var settings = TcpSettings.Default with
        {
            Timestamps = false,
            Options = new SocketOptions { UserTimeout = TimeSpan.FromSeconds(30) },
        };
        var peer = ScriptedPeer.Established(settings);
        CloseWindow(peer, 4_000);
        var acknowledged = 5001u;
        for (var round = 0; round < 10; round++)
        {
            for (var probes = 0; probes < 4; probes++)
            {
                peer.WaitForTimer();
                peer.Arrive(TcpFlags.Ack, 1001, acknowledged);
            }

            peer.Window = 1; // a peer's scale is 7
            peer.Arrive(TcpFlags.Ack, 1001, acknowledged);
            foreach (var text in peer.WaitForTimer()) acknowledged += (uint)text.Payload.Length;
            peer.Window = 0;
            peer.Arrive(TcpFlags.Ack, 1001, acknowledged);
        }

        Assert.Equal(TcpState.Established, peer.Connection.State);
    }

    [Fact]
    public void A_peer_that_takes_nothing_more_does_not_hold_what_the_application_left()
    {
        var peer = ScriptedPeer.Established();
        peer.Receive.IsAbandoned = true;
        var last = ProbeUntilClosed(peer, close: true);
        Assert.Equal(TcpFlags.Rst, last[^1].Flags);
        Assert.InRange(peer.Now, TimeSpan.Zero, TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void A_silent_peer_does_not_hold_what_the_application_left()
    {
        var peer = ScriptedPeer.Established();
        peer.Receive.IsAbandoned = true;
        peer.Write(100, close: true);
        var timeouts = 0;
        for (; peer.Connection.State is not TcpState.Closed; timeouts++) peer.WaitForTimer();
        Assert.InRange(timeouts, TcpSettings.Default.MaximumOrphanRetransmits, TcpSettings.Default.MaximumOrphanRetransmits + 3);
    }

    [Fact]
    public void A_peer_that_shut_its_window_and_acknowledges_nothing_does_not_hold_what_the_application_left()
    {
        var peer = ScriptedPeer.Established();
        peer.Receive.IsAbandoned = true;
        peer.Write(100, close: true);
        peer.Window = 0;
        var timeouts = 0;
        for (; timeouts < 100 && peer.Connection.State is not TcpState.Closed; timeouts++)
        {
            peer.Arrive(TcpFlags.Ack, 1001, 5001);
            peer.WaitForTimer();
        }

        Assert.InRange(timeouts, TcpSettings.Default.MaximumOrphanRetransmits, TcpSettings.Default.MaximumOrphanRetransmits + 3);
    }

    [Fact]
    [Rfc(1337, "3")]
    public void An_old_RST_does_not_end_TIME_WAIT_RFC_1337_F1()
    {
        var peer = ScriptedPeer.Established();
        peer.Write(0, close: true);
        peer.Arrive(TcpFlags.Fin | TcpFlags.Ack, 1001, 5002);
        Assert.Empty(peer.Arrive(TcpFlags.Rst, 1002, 0));
        Assert.Equal(TcpState.TimeWait, peer.Connection.State);
    }

    [Fact]
    [Rfc(4022, "3")]
    public void What_happens_is_counted_under_the_names_of_the_MIB_and_of_Linux()
    {
        var counters = new TcpCounters();
        var peer = ScriptedPeer.Established(TcpSettings.Default with { Counters = counters }, timestamps: true);
        peer.Arrive(TcpFlags.Ack, 1001, 5001, 10, new TcpOptions { HasTimestamps = true, TimestampValue = 1 });
        peer.Arrive(TcpFlags.Ack, 1101, 5001, 10);
        peer.Arrive(TcpFlags.Syn, 1001, 5001);
        peer.Arrive(TcpFlags.Rst, 1002, 5001);
        peer.Arrive(TcpFlags.Rst, 1001, 5001);
        Assert.Equal(1, counters[TcpMib.PassiveOpens]);
        Assert.Equal(1, counters[TcpMib.EstabResets]);
        Assert.Equal(1, counters[TcpExt.PAWSEstab]);
        Assert.Equal(1, counters[TcpExt.TCPOFOQueue]);
        Assert.Equal(1, counters[TcpExt.TCPSYNChallenge]);
        Assert.Equal(1, counters[TcpExt.TCPChallengeACK]);
        Assert.Equal(1, counters[TcpExt.TCPACKSkippedChallenge]);
    }

    private static void CloseWindow(ScriptedPeer peer, int bytes, bool close = false)
    {
        peer.Window = 0;
        peer.Arrive(TcpFlags.Ack, 1001, 5001);
        peer.Write(bytes, close);
    }

    /// <summary>The peer answers every probe and never opens its window.</summary>
    private static List<OutboundSegment> ProbeUntilClosed(ScriptedPeer peer, bool close = false)
    {
        CloseWindow(peer, 1_000, close);
        var last = new List<OutboundSegment>();
        for (var probes = 0; probes < 1_000 && peer.Connection.State is not TcpState.Closed; probes++)
        {
            last = peer.WaitForTimer();
            if (peer.Connection.State is not TcpState.Closed) peer.Arrive(TcpFlags.Ack, 1001, 5001);
        }

        return last;
    }
}
