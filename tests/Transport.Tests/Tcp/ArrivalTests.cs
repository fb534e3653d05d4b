using System.Net.Sockets;
using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Timers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp;

/// <summary>RFC 9293 section 3.10.7.4 with RFC 5961 and RFC 7323, in ESTABLISHED.</summary>
public sealed class ArrivalTests
{
    [Fact]
    public void Urgent_text_is_received_in_line_and_told_RFC_6093_section_6()
    {
        var peer = ScriptedPeer.Established();
        peer.Arrive(TcpFlags.Ack, 1001, 5001, 10);
        peer.Arrive(TcpFlags.Ack | TcpFlags.Urg, 1011, 5001, 10);
        Assert.Equal(TcpEvents.Urgent, peer.Connection.TakeEvents());
        peer.Move();
        peer.Arrive(TcpFlags.Ack, 1021, 5001, 10);
        Assert.Equal([.. TestPattern.Take(1001, 10, salt: 3), .. TestPattern.Take(1011, 10, salt: 3),
            .. TestPattern.Take(1021, 10, salt: 3)], peer.Receive.Read(100));
    }

    private static TcpSettings WithoutSack => TcpSettings.Default with { Sack = false, Timestamps = false };

    private static void AssertChallenge(List<OutboundSegment> output)
    {
        var challenge = Assert.Single(output);
        Assert.Equal(TcpFlags.Ack, challenge.Flags);
        Assert.Equal(new SequenceNumber(1001), challenge.Acknowledgment);
    }

    [Fact]
    [Rfc(9293, "3.10.7.4")]
    [Rfc(5961, "3.2")]
    public void A_RST_at_the_left_edge_ends_the_connection()
    {
        var peer = ScriptedPeer.Established();
        Assert.Empty(peer.Arrive(TcpFlags.Rst, 1001, 0));
        Assert.Equal(TcpState.Closed, peer.Connection.State);
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(peer.Receive.Error).SocketErrorCode);
    }

    [Fact]
    [Rfc(5961, "3.2")]
    public void A_RST_elsewhere_in_the_window_is_challenged()
    {
        var peer = ScriptedPeer.Established();
        AssertChallenge(peer.Arrive(TcpFlags.Rst, 1002, 0));
        Assert.Equal(TcpState.Established, peer.Connection.State);
    }

    [Theory]
    [InlineData(1000u)]
    [InlineData(1001u + 64 * 1024 + 1)]
    public void A_RST_outside_the_window_is_ignored(uint sequence)
    {
        var peer = ScriptedPeer.Established();
        Assert.Empty(peer.Arrive(TcpFlags.Rst, sequence, 0));
        Assert.Equal(TcpState.Established, peer.Connection.State);
    }

    [Fact]
    [Rfc(5961, "4.2")]
    public void A_SYN_is_challenged()
    {
        var peer = ScriptedPeer.Established();
        AssertChallenge(peer.Arrive(TcpFlags.Syn, 1001, 0));
        Assert.Equal(TcpState.Established, peer.Connection.State);
    }

    [Fact]
    [Rfc(9293, "3.10.7.4")]
    public void Text_outside_the_window_is_acknowledged_and_not_taken()
    {
        var peer = ScriptedPeer.Established();
        AssertChallenge(peer.Arrive(TcpFlags.Ack, 1001 + 64 * 1024, 5001, 100));
        AssertChallenge(peer.Arrive(TcpFlags.Ack, 901, 5001, 100));
        Assert.Equal(0, peer.Receive.Unread);
    }

    [Fact]
    [Rfc(9293, "3.10.7.4")]
    public void Text_that_begins_before_the_window_is_taken_from_its_left_edge_on()
    {
        var peer = ScriptedPeer.Established();
        peer.Arrive(TcpFlags.Ack, 1001, 5001, 100);
        peer.Arrive(TcpFlags.Ack, 1051, 5001, 100);
        Assert.Equal(TestPattern.Take(1001, 150, salt: 3), peer.Receive.Read(1000));
    }

    [Fact]
    [Rfc(5961, "5.2")]
    public void An_acknowledgment_of_what_was_never_sent_is_challenged_and_its_text_not_taken()
    {
        var peer = ScriptedPeer.Established();
        AssertChallenge(peer.Arrive(TcpFlags.Ack, 1001, 5002, 10));
        Assert.Equal(0, peer.Receive.Unread);
    }

    [Fact]
    [Rfc(9293, "3.10.7.4")]
    public void A_segment_without_ACK_is_dropped()
    {
        var peer = ScriptedPeer.Established();
        Assert.Empty(peer.Arrive(TcpFlags.None, 1001, 0, 10));
        Assert.Equal(0, peer.Receive.Unread);
    }

    [Fact]
    [Rfc(7323, "5.3")]
    public void An_older_timestamp_is_refused()
    {
        var peer = ScriptedPeer.Established(timestamps: true);
        var sequence = 1001u;
        for (var round = 0u; round < 3; round++, sequence += 10)
        {
            peer.Arrive(TcpFlags.Ack, sequence, 5001, 10, Stamp(1000 + 100 * round));
            peer.Wait(TimestampFloor.Lag);
        }

        var answer = Assert.Single(peer.Arrive(TcpFlags.Ack, sequence, 5001, 10, Stamp(1099)));
        Assert.Equal(new SequenceNumber(sequence), answer.Acknowledgment);
        Assert.Equal(1200u, answer.Options.TimestampEcho);
        Assert.Equal(30, peer.Receive.Unread);
    }

    [Fact]
    [Rfc(7323, "5.3")]
    public void A_peer_that_speaks_once_a_fortnight_is_heard()
    {
        var peer = ScriptedPeer.Established(timestamps: true);
        var fortnight = TimeSpan.FromDays(13);
        for (var talk = 0u; talk < 4; talk++)
        {
            var clock = 1000 + talk * (uint)fortnight.TotalMilliseconds;
            peer.Arrive(TcpFlags.Ack, 1001 + 20 * talk, 5001, 10, Stamp(clock));
            peer.Arrive(TcpFlags.Ack, 1011 + 20 * talk, 5001, 10, Stamp(clock + 1));
            Assert.Equal(20 * (talk + 1), peer.Receive.Unread);
            peer.Wait(fortnight);
        }
    }

    [Fact]
    [Rfc(7323, "4.3", "5.3")]
    public void Text_that_a_younger_retransmission_overtook_is_taken_and_its_timestamp_not_echoed()
    {
        var peer = ScriptedPeer.Established(timestamps: true);
        peer.Arrive(TcpFlags.Ack, 1001, 5001, 10, Stamp(1000));
        peer.Arrive(TcpFlags.Ack, 1031, 5001, 10, Stamp(1001));
        peer.Arrive(TcpFlags.Ack, 1011, 5001, 10, Stamp(1040));
        var answer = Assert.Single(peer.Arrive(TcpFlags.Ack, 1021, 5001, 10, Stamp(1001)));
        Assert.Equal(new SequenceNumber(1041), answer.Acknowledgment);
        Assert.Equal(1040u, answer.Options.TimestampEcho);
    }

    private static TcpOptions Stamp(uint value) => new() { HasTimestamps = true, TimestampValue = value };

    [Fact]
    [Rfc(2018, "4")]
    public void Text_beyond_a_gap_is_kept_and_named_in_SACK_blocks_the_latest_first()
    {
        var peer = ScriptedPeer.Established();
        peer.Arrive(TcpFlags.Ack, 1101, 5001, 100);
        peer.Arrive(TcpFlags.Ack, 1501, 5001, 100);
        var answer = Assert.Single(peer.Arrive(TcpFlags.Ack, 1301, 5001, 100));
        Assert.Equal(new SequenceNumber(1001), answer.Acknowledgment);
        Assert.Equal(3, answer.Options.SackCount);
        Assert.Equal(new SackBlock(new(1301), new(1401)), answer.Options.Sack[0]);
        Assert.Equal(new SackBlock(new(1501), new(1601)), answer.Options.Sack[1]);
        Assert.Equal(new SackBlock(new(1101), new(1201)), answer.Options.Sack[2]);

        peer.Arrive(TcpFlags.Ack, 1001, 5001, 100);
        Assert.Equal(200, peer.Receive.Unread);
        peer.Arrive(TcpFlags.Ack, 1201, 5001, 300);
        Assert.Equal(TestPattern.Take(1001, 600, salt: 3), peer.Receive.Read(1000));
    }

    [Fact]
    [Rfc(2883, "4")]
    public void Text_that_arrives_again_is_reported_once_before_the_blocks_beyond_a_gap()
    {
        var peer = ScriptedPeer.Established();
        peer.Arrive(TcpFlags.Ack, 1001, 5001, 100);
        var old = Assert.Single(peer.Arrive(TcpFlags.Ack, 1001, 5001, 100));
        Assert.Equal((1, new SackBlock(new(1001), new(1101))), (old.Options.SackCount, old.Options.Sack[0]));

        var beyond = Assert.Single(peer.Arrive(TcpFlags.Ack, 1201, 5001, 100));
        Assert.Equal((1, new SackBlock(new(1201), new(1301))), (beyond.Options.SackCount, beyond.Options.Sack[0]));
        var again = Assert.Single(peer.Arrive(TcpFlags.Ack, 1251, 5001, 50));
        Assert.Equal(2, again.Options.SackCount);
        Assert.Equal(new SackBlock(new(1251), new(1301)), again.Options.Sack[0]);
        Assert.Equal(new SackBlock(new(1201), new(1301)), again.Options.Sack[1]);

        var partly = Assert.Single(peer.Arrive(TcpFlags.Ack, 1051, 5001, 100));
        Assert.Equal(new SackBlock(new(1051), new(1101)), partly.Options.Sack[0]);
        Assert.Equal(new SequenceNumber(1151), partly.Acknowledgment);
    }

    [Fact]
    [Rfc(2018, "4")]
    public void Blocks_beyond_gaps_are_reported_again_in_the_order_of_their_last_change()
    {
        var peer = ScriptedPeer.Established();
        foreach (var start in (uint[])[1101, 1301, 1501, 1701, 1901, 1401]) peer.Arrive(TcpFlags.Ack, start, 5001, 50);
        var answer = Assert.Single(peer.Arrive(TcpFlags.Ack, 1151, 5001, 50));
        uint[] lefts = [answer.Options.Sack[0].Left.Value, answer.Options.Sack[1].Left.Value, answer.Options.Sack[2].Left.Value,
            answer.Options.Sack[3].Left.Value];
        Assert.Equal([1101u, 1401u, 1901u, 1701u], lefts);
    }

    /// <summary>A sender without SACK resends at the third; how the segments came together is nothing to it.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(9, 3)]
    [Rfc(5681, "4.2")]
    public void Segments_beyond_a_gap_in_one_burst_are_each_answered_to_a_peer_without_SACK_up_to_the_third(
        int segments, int acknowledgments)
    {
        var one = ScriptedPeer.Established(WithoutSack);
        for (var i = 0; i < segments; i++) one.Take(TcpFlags.Ack, 2001 + 100 * (uint)i, 5001, 100);
        one.Move();
        AssertDuplicates(one.Output());

        var merged = ScriptedPeer.Established(WithoutSack);
        merged.Take(TcpFlags.Ack, 2001, 5001, 100 * segments, segmentSize: 100);
        AssertDuplicates(merged.Output());

        void AssertDuplicates(List<OutboundSegment> output)
        {
            Assert.Equal(acknowledgments, output.Count);
            Assert.All(output,
                answer => Assert.Equal((new SequenceNumber(1001), 0, output[0].Window),
                    (answer.Acknowledgment, (int)answer.Payload.Length, answer.Window)));
        }
    }

    [Fact]
    [Rfc(5681, "2")]
    public void Text_that_leaves_meanwhile_takes_no_duplicate_acknowledgment_with_it()
    {
        var peer = ScriptedPeer.Established(WithoutSack);
        for (var i = 0u; i < 3; i++) peer.Take(TcpFlags.Ack, 2001 + 100 * i, 5001, 100);
        Assert.Equal([500, 0, 0, 0], peer.Write(500).Select(segment => (int)segment.Payload.Length));
    }

    [Fact]
    public void A_gap_that_is_filled_in_the_same_burst_is_acknowledged_once()
    {
        var peer = ScriptedPeer.Established(WithoutSack);
        for (var i = 3u; i > 0; i--) peer.Take(TcpFlags.Ack, 1001 + 100 * i, 5001, 100);
        Assert.Equal(new SequenceNumber(1401), Assert.Single(peer.Arrive(TcpFlags.Ack, 1001, 5001, 100)).Acknowledgment);
    }

    [Fact]
    public void A_burst_beyond_a_gap_is_reported_at_once_to_a_peer_with_SACK()
    {
        var peer = ScriptedPeer.Established();
        for (var i = 0u; i < 9; i++) peer.Take(TcpFlags.Ack, 2001 + 100 * i, 5001, 100);
        Assert.Equal(new SequenceNumber(2901), Assert.Single(peer.Output()).Options.Sack[0].Right);
    }

    [Fact]
    [Rfc(9293, "3.8.6.3")]
    [Rfc(5681, "4.2")]
    public void Every_second_full_segment_is_acknowledged_at_once_after_the_start()
    {
        var peer = ScriptedPeer.Established();
        var sequence = 1001u;
        for (var quick = 0; quick < 16; quick++, sequence += 1460) Assert.Single(peer.Arrive(TcpFlags.Ack, sequence, 5001, 1460));
        peer.Read(int.MaxValue);
        Assert.Empty(peer.Arrive(TcpFlags.Ack, sequence, 5001, 1460));
        Assert.Single(peer.Arrive(TcpFlags.Ack, sequence + 1460, 5001, 1460));
    }

    [Fact]
    [Rfc(5681, "4.2")]
    public void More_than_a_full_segment_is_acknowledged_at_once()
    {
        var peer = ScriptedPeer.Established();
        var sequence = 1001u;
        for (var quick = 0; quick < 16; quick++, sequence += 1460) peer.Arrive(TcpFlags.Ack, sequence, 5001, 1460);
        Assert.Empty(peer.Arrive(TcpFlags.Ack, sequence, 5001, 1460));
        Assert.Single(peer.Arrive(TcpFlags.Ack, sequence + 1460, 5001, 10));
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public void After_a_pause_segments_are_acknowledged_at_once_again_unless_they_are_answered(bool answered, int acknowledgments)
    {
        var peer = ScriptedPeer.Established();
        peer.Wait(TimeSpan.FromMilliseconds(10));
        var sequence = 1001u;
        for (var quick = 0; quick < 16; quick++, sequence += 10) peer.Arrive(TcpFlags.Ack, sequence, 5001, 10);
        var acknowledged = 5001u;
        if (answered) peer.Write(10);
        if (answered) acknowledged += 10;
        peer.Arrive(TcpFlags.Ack, sequence, acknowledged);
        peer.Wait(TimeSpan.FromSeconds(2));
        Assert.Equal(acknowledgments, peer.Arrive(TcpFlags.Ack, sequence, acknowledged, 10).Count);
    }

    [Fact]
    [Rfc(9293, "3.8.6.3")]
    public void A_single_segment_is_acknowledged_when_the_delay_is_over()
    {
        var peer = ScriptedPeer.Established();
        peer.Arrive(TcpFlags.Ack, 1001, 5001, 10);
        peer.Write(10); // a dialogue: no more quick acknowledgments
        Assert.Empty(peer.Arrive(TcpFlags.Ack, 1011, 5011, 10));
        var answer = Assert.Single(peer.Wait(TcpSettings.Default.DelayedAck));
        Assert.Equal(new SequenceNumber(1021), answer.Acknowledgment);
    }

    [Fact]
    [Rfc(9293, "3.6.1")]
    public void Text_for_an_application_that_closed_both_ways_is_reset()
    {
        var peer = ScriptedPeer.Established();
        peer.Receive.IsAbandoned = true;
        peer.Write(0, close: true);
        var reset = Assert.Single(peer.Arrive(TcpFlags.Ack, 1001, 5002, 10));
        Assert.Equal(TcpFlags.Rst, reset.Flags);
        Assert.Equal(new SequenceNumber(5002), reset.Sequence);
        Assert.Equal(TcpState.Closed, peer.Connection.State);
    }

    [Fact]
    [Rfc(6093, "4", "6")]
    public void Urgent_text_is_received_in_line_and_told()
    {
        var peer = ScriptedPeer.Established();
        peer.Arrive(TcpFlags.Ack | TcpFlags.Urg, 1001, 5001, 10);
        Assert.Equal(10, peer.Receive.Unread);
        Assert.True(peer.Connection.TakeEvents().HasFlag(TcpEvents.Urgent));
    }
}
