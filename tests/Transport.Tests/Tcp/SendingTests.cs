using System.Net.Sockets;
using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp;

/// <summary>RFC 5681, 6298, 6582, 6928 and the windows of RFC 9293 section 3.8.6.</summary>
public sealed class SendingTests
{
    [Fact]
    [Rfc(6928, "2")]
    public void The_first_flight_is_ten_segments_in_one_super_segment()
    {
        var first = Assert.Single(ScriptedPeer.Established().Write(100_000));
        Assert.Equal(14_600, first.Payload.Length);
        Assert.Equal(1460, first.MaximumPayload);
    }

    [Fact]
    [Rfc(5681, "3.1")]
    [Rfc(3465, "2.2")]
    public void Slow_start_doubles_the_flight_each_round_trip()
    {
        var peer = ScriptedPeer.Established();
        peer.Write(200_000);
        var next = peer.Arrive(TcpFlags.Ack, 1001, 5001 + 14_600);
        Assert.Equal(29_200, next.Sum(segment => segment.Payload.Length));
    }

    [Fact]
    public void Bytes_that_travel_are_those_the_application_wrote()
    {
        var peer = ScriptedPeer.Established();
        var segment = Assert.Single(peer.Write(5_000));
        Assert.Equal(TestPattern.Take(0, 5_000, salt: 4), segment.Payload.FirstSpan.ToArray());
        Assert.True(segment.Has(TcpFlags.Psh));
    }

    [Fact]
    [Rfc(6298, "5")]
    [Rfc(5681, "3.1")]
    public void A_timeout_resends_from_the_first_segment_with_one_segment_in_flight()
    {
        var peer = ScriptedPeer.Established(TcpSettings.Default with { Sack = false, Timestamps = false });
        peer.Write(14_600);
        var again = Assert.Single(peer.WaitForTimer());
        Assert.Equal(new SequenceNumber(5001), again.Sequence);
        Assert.Equal(1460, again.Payload.Length);
        Assert.Equal(1460u, peer.Connection.Info.CongestionWindow);
        Assert.Equal(10_220u, peer.Connection.Info.SlowStartThreshold);
        var next = peer.Arrive(TcpFlags.Ack, 1001, 5001 + 1460);
        Assert.Equal(2920, next.Sum(segment => segment.Payload.Length));
        Assert.Equal(new SequenceNumber(5001 + 1460), next[0].Sequence);
    }

    [Fact]
    [Rfc(6298, "5")]
    [Rfc(9293, "3.8.3")]
    public void Timeouts_back_off_to_the_maximum_and_then_give_up()
    {
        var peer = ScriptedPeer.Established(TcpSettings.Default with { Sack = false, Timestamps = false });
        peer.Write(10);
        var waits = new List<double>();
        while (peer.Connection.State is not TcpState.Closed)
        {
            var before = peer.Now;
            peer.WaitForTimer();
            waits.Add((peer.Now - before).TotalSeconds);
        }

        Assert.Equal([0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 60, 60, 60, 60, 60, 60, 60], waits);
        Assert.Equal(SocketError.TimedOut, Assert.IsType<SocketException>(peer.Connection.Error).SocketErrorCode);
    }

    [Fact]
    [Rfc(6298, "3")]
    public void The_round_trip_of_a_resent_segment_is_not_measured()
    {
        var peer = ScriptedPeer.Established();
        peer.Write(10);
        peer.Wait(TimeSpan.FromMilliseconds(80));
        peer.Arrive(TcpFlags.Ack, 1001, 5011);
        var measured = peer.Connection.Info.RoundTripTime;
        Assert.True(measured > TimeSpan.Zero);
        peer.Write(10);
        peer.WaitForTimer();
        peer.Wait(TimeSpan.FromMilliseconds(1));
        peer.Arrive(TcpFlags.Ack, 1001, 5021);
        Assert.Equal(measured, peer.Connection.Info.RoundTripTime);
    }

    /// <summary>
    /// After 0.2 s the first timeout, and then the user's: not at the next retransmission, which would come after 51 s.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Rfc(5482, "3.1")]
    public void A_user_timeout_ends_the_connection_at_its_time_whenever_the_next_retransmission_were(bool moved)
    {
        var options = new SocketOptions { UserTimeout = TimeSpan.FromSeconds(35) };
        var peer = ScriptedPeer.Established(TcpSettings.Default with { Sack = false, Timestamps = false, Options = options });
        peer.Write(10);
        var written = peer.Now;
        while (peer.Connection.State is not TcpState.Closed)
        {
            if (moved) peer.Move();
            peer.WaitForTimer();
        }

        Assert.Equal(TimeSpan.FromSeconds(35.2), peer.Now - written);
        Assert.Equal(SocketError.TimedOut, Assert.IsType<SocketException>(peer.Connection.Error).SocketErrorCode);
    }

    [Fact]
    public void A_user_timeout_without_end_leaves_the_retransmissions_to_run_out()
    {
        var options = new SocketOptions { UserTimeout = TimeSpan.MaxValue };
        var peer = ScriptedPeer.Established(TcpSettings.Default with { Options = options });
        peer.Write(10);
        while (peer.Connection.State is not TcpState.Closed) peer.WaitForTimer();
        Assert.Equal(TcpSettings.Default.MaximumRetransmits,
            peer.Connection.Export(ExportScope.Bare, peer.Now).Retransmission.RetransmitCount);
    }

    [Fact]
    [Rfc(9293, "3.8.6.1")]
    public void A_closed_window_is_probed_with_backoff_and_used_as_soon_as_it_opens()
    {
        var peer = ScriptedPeer.Established();
        peer.Write(10);
        peer.Window = 0;
        peer.Arrive(TcpFlags.Ack, 1001, 5011);
        Assert.Empty(peer.Write(100));
        var waits = new List<double>();
        for (var i = 0; i < 3; i++)
        {
            var before = peer.Now;
            var probe = Assert.Single(peer.WaitForTimer());
            Assert.Equal(new SequenceNumber(5010), probe.Sequence);
            Assert.Equal(0, probe.Payload.Length);
            waits.Add((peer.Now - before).TotalSeconds);
        }

        Assert.Equal([0.2, 0.4, 0.8], waits);
        peer.Window = 100;
        Assert.Equal(100, Assert.Single(peer.Arrive(TcpFlags.Ack, 1001, 5011)).Payload.Length);
    }

    [Fact]
    [Rfc(5681, "3.1")]
    [Rfc(9293, "3.8.6.1")]
    public void Timeouts_that_are_answered_from_a_closed_window_lower_the_threshold_once_and_end_nothing()
    {
        var peer = ScriptedPeer.Established();
        peer.Write(14_600);
        peer.Window = 0;
        for (var timers = 0; timers < 40; timers++)
        {
            peer.Arrive(TcpFlags.Ack, 1001, 5001);
            peer.WaitForTimer();
        }

        Assert.Equal(TcpState.Established, peer.Connection.State);
        Assert.Equal(7_300u, peer.Connection.Info.SlowStartThreshold);
        Assert.Equal(1_500, peer.Connection.PathMtu);
    }

    [Fact]
    [Rfc(9293, "3.8.6.2.1")]
    public void A_sliver_of_window_is_not_filled_until_the_persist_time_is_over()
    {
        var peer = ScriptedPeer.Established();
        peer.Write(10);
        peer.Window = 1; // 128 bytes scaled
        Assert.Empty(peer.Arrive(TcpFlags.Ack, 1001, 5011));
        Assert.Empty(peer.Write(5_000));
        Assert.Equal(128, Assert.Single(peer.WaitForTimer()).Payload.Length);
    }

    [Fact]
    [Rfc(9293, "3.7.4")]
    public void Nagle_holds_a_small_segment_while_another_is_unacknowledged()
    {
        var peer = ScriptedPeer.Established(WithNagle);
        Assert.Single(peer.Write(10));
        Assert.Empty(peer.Write(10));
        Assert.Equal(10, Assert.Single(peer.Arrive(TcpFlags.Ack, 1001, 5011)).Payload.Length);
    }

    /// <summary>
    /// The end of each write leaves with the full segment before it where none is unacknowledged, but no more than one.
    /// </summary>
    [Theory]
    [InlineData(1_460, false)]
    [InlineData(65_536, false)]
    [InlineData(65_536, true)]
    [Rfc(9293, "3.7.4")]
    public void Nagle_leaves_one_small_segment_unacknowledged_however_large_the_writes(int maximumPayload, bool moved)
    {
        var peer = ScriptedPeer.Established(WithNagle with { MaximumSegmentPayload = maximumPayload });
        Assert.Equal([1_500, 1_460, 1_460], Enumerable.Range(0, 3).Select(_ => Write()));
        peer.Arrive(TcpFlags.Ack, 1001, 5001 + 1_460); // not yet the small one
        Assert.Equal(1_460, Write());
        Assert.Equal(120, Assert.Single(peer.Arrive(TcpFlags.Ack, 1001, 5001 + 1_500)).Payload.Length);

        long Write()
        {
            if (moved) peer.Move();
            return peer.Write(1_500).Sum(segment => segment.Payload.Length);
        }
    }

    [Fact]
    [Rfc(9293, "3.7.4")]
    public void Nagle_sends_a_small_segment_after_full_ones()
    {
        var peer = ScriptedPeer.Established(WithNagle);
        peer.Write(1_460);
        Assert.Equal(10, Assert.Single(peer.Write(10)).Payload.Length);
        Assert.Empty(peer.Write(10));
    }

    [Fact]
    public void An_idle_connection_keeps_its_window()
    {
        var peer = ScriptedPeer.Established();
        peer.Write(14_600);
        peer.Arrive(TcpFlags.Ack, 1001, 5001 + 14_600);
        Assert.Equal(29_200u, peer.Connection.Info.CongestionWindow);
        peer.Wait(TimeSpan.FromSeconds(2));
        Assert.Equal(29_200, peer.Write(100_000).Sum(segment => segment.Payload.Length));
    }

    [Fact]
    [Rfc(9293, "3.8.4")]
    public void An_idle_peer_is_probed_and_a_dead_one_given_up()
    {
        var peer = ScriptedPeer.Established(
            TcpSettings.Default with { Options = new SocketOptions { KeepAlive = true, KeepaliveCount = 2 } });
        var before = peer.Now;
        var probe = Assert.Single(peer.WaitForTimer());
        Assert.Equal(TimeSpan.FromHours(2), peer.Now - before);
        Assert.Equal(new SequenceNumber(5000), probe.Sequence);
        Assert.Single(peer.WaitForTimer());
        Assert.Equal(TcpFlags.Rst, Assert.Single(peer.WaitForTimer()).Flags);
        Assert.Equal(TcpState.Closed, peer.Connection.State);
    }

    /// <summary>
    /// "Keep-alive packets MUST only be sent when no sent data is outstanding": until then the retransmission timer decides.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Rfc(9293, "3.8.4")]
    public void A_peer_that_owes_an_acknowledgment_or_a_window_is_not_given_up_by_the_keepalive(bool isWindowClosed)
    {
        var peer = ScriptedPeer.Established(WithKeepalive);
        if (isWindowClosed) peer.Window = 0;
        peer.Arrive(TcpFlags.Ack, 1001, 5001);
        peer.Write(1_000);
        var written = peer.Now;
        while (peer.Now - written < TimeSpan.FromMinutes(5))
        {
            peer.WaitForTimer();
            Assert.True(peer.Connection.State is TcpState.Established, $"given up after {peer.Now - written}");
        }
    }

    [Fact]
    [Rfc(9293, "3.8.4")]
    public void A_peer_that_has_acknowledged_everything_is_probed_again()
    {
        var peer = ScriptedPeer.Established(WithKeepalive);
        peer.Write(1_000);
        peer.WaitForTimer();
        peer.Arrive(TcpFlags.Ack, 1001, 6001);
        Assert.Equal(new SequenceNumber(6000), Assert.Single(peer.Wait(WithKeepalive.Options.KeepaliveIdle)).Sequence);
    }

    [Fact]
    [Rfc(9293, "3.8.6.2.2")]
    public void A_window_that_opened_is_told_when_that_is_worth_a_segment()
    {
        var peer = ScriptedPeer.Established(receiveCapacity: 20_000);
        for (var sequence = 1001u; sequence < 20_000; sequence += 1000) peer.Arrive(TcpFlags.Ack, sequence, 5001, 1000);
        Assert.Empty(peer.Read(1_000));
        var update = Assert.Single(peer.Read(10_000));
        Assert.True(update.Window >= 10_000);
    }

    /// <summary>The right edge would else move on with the acknowledgment, beyond what the peer has given.</summary>
    [Fact]
    [Rfc(9293, "3.10.7.4")]
    public void A_retransmission_that_acknowledges_more_brings_its_window()
    {
        const int Edge = 64 << ScriptedPeer.WindowScale;
        const int Acknowledged = 10 << ScriptedPeer.WindowScale;
        var peer = ScriptedPeer.Established();
        peer.Window = Edge >> ScriptedPeer.WindowScale;
        peer.Arrive(TcpFlags.Ack, 1011, 5001, 10); // the segment before is lost
        peer.Write(100_000);
        peer.Window -= 10;
        var sent = peer.Arrive(TcpFlags.Ack, 1001, 5001 + Acknowledged, 10);
        var edge = new SequenceNumber(5001 + Edge);
        Assert.All(sent, segment => Assert.True(segment.Sequence + (int)segment.Payload.Length <= edge));
    }

    [Fact]
    [Rfc(9293, "3.10.7.4")]
    public void A_segment_that_was_overtaken_does_not_bring_its_window()
    {
        var peer = ScriptedPeer.Established();
        peer.Window = 20;
        peer.Arrive(TcpFlags.Ack, 1011, 5001, 10);
        peer.Window = 1_000;
        peer.Arrive(TcpFlags.Ack, 1001, 5001, 10);
        Assert.InRange(peer.Write(100_000).Sum(segment => segment.Payload.Length), 1, 20 << ScriptedPeer.WindowScale);
    }

    private static TcpSettings WithNagle => TcpSettings.Default with { Options = new SocketOptions { NoDelay = false } };

    private static TcpSettings WithKeepalive => TcpSettings.Default with
    {
        Options = new SocketOptions
        {
            KeepAlive = true,
            KeepaliveIdle = TimeSpan.FromSeconds(10),
            KeepaliveInterval = TimeSpan.FromSeconds(5),
            KeepaliveCount = 3,
        },
    };
}
