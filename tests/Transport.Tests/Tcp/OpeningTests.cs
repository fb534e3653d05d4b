using System.Net.Sockets;
using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Tcp.Timers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp;

/// <summary>RFC 9293 sections 3.5 and 3.10.7.3.</summary>
public sealed class OpeningTests
{
    [Fact]
    [Rfc(7323, "2.2", "3.2")]
    [Rfc(2018, "2")]
    public void A_SYN_is_answered_with_the_options_it_offered()
    {
        var peer = new ScriptedPeer(receiveCapacity: 1 << 20, timestamps: true);
        var answer = Assert.Single(peer.Output());
        Assert.Equal(TcpFlags.Syn | TcpFlags.Ack, answer.Flags);
        Assert.Equal(new SequenceNumber(5000), answer.Sequence);
        Assert.Equal(new SequenceNumber(1001), answer.Acknowledgment);
        Assert.Equal(1460, answer.Options.MaximumSegmentSize);
        Assert.True(answer.Options.SackPermitted);
        Assert.True(answer.Options.HasWindowScale);
        Assert.Equal(5, answer.Options.WindowScale);
        Assert.Equal(900u, answer.Options.TimestampEcho);
        Assert.Equal(ushort.MaxValue, answer.Window);
    }

    /// <summary>A server may answer text of a SYN at once (RFC 7413 section 3); else it would have to send it again.</summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(100, false)]
    [InlineData(100, true)]
    [Rfc(9293, "3.10.7.3")]
    public void Text_and_FIN_of_a_SYN_ACK_are_taken(int length, bool fin)
    {
        foreach (var isMoved in (bool[])[false, true])
        {
            var peer = new ScriptedPeer(active: true);
            peer.Output();
            peer.Take(TcpFlags.Syn | TcpFlags.Ack | (fin ? TcpFlags.Fin : TcpFlags.None), 1000, 5001, length);
            if (isMoved) peer.Move();
            var answer = Assert.Single(peer.Output());
            Assert.Equal((TcpFlags.Ack, 1001u + (uint)length + (fin ? 1u : 0u)), (answer.Flags, answer.Acknowledgment.Value));
            Assert.Equal(fin ? TcpState.CloseWait : TcpState.Established, peer.Connection.State);
            Assert.Equal(TestPattern.Take(1001, length, salt: 3), peer.Receive.Read(1_000));
        }
    }

    [Fact]
    [Rfc(9293, "3.5")]
    public void The_acknowledgment_of_the_SYN_establishes_the_connection()
    {
        var peer = new ScriptedPeer();
        peer.Output();
        Assert.Equal(TcpState.SynReceived, peer.Connection.State);
        Assert.Empty(peer.Arrive(TcpFlags.Ack, 1001, 5001));
        Assert.Equal(TcpState.Established, peer.Connection.State);
        Assert.Equal(TcpEvents.Established, peer.Connection.TakeEvents());
    }

    [Fact]
    [Rfc(9293, "3.5.2")]
    public void An_acknowledgment_of_something_else_is_reset()
    {
        var peer = new ScriptedPeer();
        peer.Output();
        var reset = Assert.Single(peer.Arrive(TcpFlags.Ack, 1001, 6000));
        Assert.Equal(TcpFlags.Rst, reset.Flags);
        Assert.Equal(new SequenceNumber(6000), reset.Sequence);
        Assert.Equal(TcpState.SynReceived, peer.Connection.State);
    }

    [Fact]
    [Rfc(9040, "6")]
    public void A_round_trip_known_from_before_makes_the_first_timeout_of_the_handshake_shorter_and_the_handshake_no_shorter()
    {
        var (known, unknown) = (new ScriptedPeer(), new ScriptedPeer());
        known.Connection.ExpectRoundTrip(TimeSpan.FromMilliseconds(40));
        var expected = Resent(unknown);
        Assert.Equal(TimeSpan.FromSeconds(1), expected[0]);
        Assert.Equal([TimeSpan.FromMilliseconds(240), .. expected], Resent(known));

        static List<TimeSpan> Resent(ScriptedPeer peer)
        {
            peer.Output();
            var waits = new List<TimeSpan>();
            for (var before = peer.Now; peer.WaitForTimer().Count > 0; before = peer.Now) waits.Add(peer.Now - before);
            Assert.Equal(TcpState.Closed, peer.Connection.State);
            return waits;
        }
    }

    /// <summary>As behind a cookie: nothing timed out, and nothing was measured.</summary>
    [Fact]
    public void What_was_expected_of_the_handshake_is_not_expected_of_data()
    {
        var rtt = new RttEstimator(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(60));
        rtt.Expect(TimeSpan.FromMilliseconds(40));
        rtt.RestartAfterSyn();
        Assert.Equal((TimeSpan.FromSeconds(1), false), (rtt.Rto, rtt.IsExpected));
    }

    [Fact]
    public void A_SYN_is_not_sent_again_sooner_for_what_is_known()
    {
        var peer = new ScriptedPeer(active: true);
        peer.Connection.ExpectRoundTrip(TimeSpan.FromMilliseconds(40));
        peer.Output();
        Assert.Equal(TimeSpan.FromSeconds(1), peer.Connection.NextDeadline - peer.Now);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [Rfc(6298, "5")]
    public void Data_after_a_handshake_that_could_not_be_timed_has_a_timeout_that_is_known_to_be_safe(int timeouts, int seconds)
    {
        var peer = new ScriptedPeer();
        peer.Connection.ExpectRoundTrip(TimeSpan.FromMilliseconds(40));
        peer.Output();
        for (var i = 0; i < timeouts; i++) peer.WaitForTimer();
        peer.Arrive(TcpFlags.Ack, 1001, 5001);
        peer.Write(100);
        Assert.Equal(seconds * 1_000_000, peer.Connection.Statistics(peer.Now).Rto);
    }

    [Theory]
    [InlineData("reno", false, 1, 14_600)]
    [InlineData("bbr", true, 1, 14_600)]
    [InlineData("reno", false, 2, 1_460)]
    [InlineData("cubic", true, 2, 1_460)]
    [InlineData("bbr", false, 2, 1_460)]
    [InlineData("bbr", true, 3, 1_460)]
    [Rfc(5681, "3.1")]
    [Rfc(6928, "2")]
    public void After_a_handshake_that_was_resent_more_than_once_one_segment_begins(
        string congestion, bool active, int timeouts, uint window)
    {
        var settings = TcpSettings.Default with
        {
            Timestamps = false,
            Options = new SocketOptions { CongestionAlgorithm = congestion },
        };
        var peer = new ScriptedPeer(settings, active: active);
        peer.Output();
        for (var i = 0; i < timeouts; i++) peer.WaitForTimer();
        peer.Arrive(active ? TcpFlags.Syn | TcpFlags.Ack : TcpFlags.Ack, active ? 1000u : 1001u, 5001,
            options: new TcpOptions { MaximumSegmentSize = 1460 });
        Assert.Equal(window, peer.Connection.Info.CongestionWindow);
        if (window == 1_460) Assert.Equal(1_460, Assert.Single(peer.Write(100_000)).Payload.Length);
    }

    [Fact]
    public void A_repeated_SYN_brings_the_answer_again()
    {
        var peer = new ScriptedPeer();
        peer.Output();
        var answer = Assert.Single(peer.Arrive(TcpFlags.Syn, 1000, 0));
        Assert.Equal(TcpFlags.Syn | TcpFlags.Ack, answer.Flags);
    }

    [Fact]
    [Rfc(9293, "3.10.7.4")]
    public void A_repeated_SYN_with_text_that_was_not_taken_brings_the_answer_again()
    {
        var peer = new ScriptedPeer(early: 100);
        peer.Output();
        var answer = Assert.Single(peer.Arrive(TcpFlags.Syn, 1000, 0, 100));
        Assert.Equal((TcpFlags.Syn | TcpFlags.Ack, 1001u), (answer.Flags, answer.Acknowledgment.Value));
        Assert.Equal(TcpState.SynReceived, peer.Connection.State);
    }

    [Fact]
    [Rfc(6298, "5")]
    public void An_unanswered_SYN_ACK_is_resent_with_backoff_and_given_up()
    {
        var peer = new ScriptedPeer();
        peer.Output();
        var waits = new List<double>();
        while (peer.Connection.State is not TcpState.Closed)
        {
            var before = peer.Now;
            foreach (var again in peer.WaitForTimer()) Assert.Equal(TcpFlags.Syn | TcpFlags.Ack, again.Flags);
            waits.Add((peer.Now - before).TotalSeconds);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32], waits);
        Assert.Equal(SocketError.TimedOut, Assert.IsType<SocketException>(peer.Connection.Error).SocketErrorCode);
    }

    [Fact]
    [Rfc(9293, "3.10.7.3")]
    public void An_active_open_is_established_by_SYN_ACK()
    {
        var peer = new ScriptedPeer(active: true);
        Assert.Equal(TcpFlags.Syn, Assert.Single(peer.Output()).Flags);
        var answer = Assert.Single(peer.Arrive(TcpFlags.Syn | TcpFlags.Ack, 1000, 5001));
        Assert.Equal(TcpFlags.Ack, answer.Flags);
        Assert.Equal(new SequenceNumber(1001), answer.Acknowledgment);
        Assert.Equal(TcpState.Established, peer.Connection.State);
    }

    [Fact]
    [Rfc(9293, "3.10.7.3")]
    public void An_active_open_answered_by_RST_is_refused()
    {
        var peer = new ScriptedPeer(active: true);
        peer.Output();
        Assert.Empty(peer.Arrive(TcpFlags.Rst | TcpFlags.Ack, 0, 5001));
        Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<SocketException>(peer.Connection.Error).SocketErrorCode);
    }

    [Fact]
    [Rfc(9293, "3.10.7.3")]
    public void An_active_open_resets_an_acknowledgment_of_something_else()
    {
        var peer = new ScriptedPeer(active: true);
        peer.Output();
        var reset = Assert.Single(peer.Arrive(TcpFlags.Ack, 1000, 4000));
        Assert.Equal(TcpFlags.Rst, reset.Flags);
        Assert.Equal(TcpState.SynSent, peer.Connection.State);
    }

    [Fact]
    [Rfc(9293, "3.5")]
    public void Simultaneous_opens_meet()
    {
        var peer = new ScriptedPeer(active: true);
        peer.Output();
        var answer = Assert.Single(peer.Arrive(TcpFlags.Syn, 1000, 0));
        Assert.Equal(TcpFlags.Syn | TcpFlags.Ack, answer.Flags);
        Assert.Equal(TcpState.SynReceived, peer.Connection.State);
        peer.Arrive(TcpFlags.Syn | TcpFlags.Ack, 1000, 5001);
        Assert.Equal(TcpState.Established, peer.Connection.State);
    }

    [Fact]
    [Rfc(9293, "3.4", "3.10.7.4")]
    public void The_text_of_a_simultaneous_opens_SYN_ACK_begins_after_the_SYN()
    {
        var peer = new ScriptedPeer(active: true);
        peer.Output();
        peer.Arrive(TcpFlags.Syn, 1000, 0);
        var answer = Assert.Single(peer.Arrive(TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Fin, 1000, 5001, 100));
        Assert.Equal((TcpState.CloseWait, 1102u), (peer.Connection.State, answer.Acknowledgment.Value));
        Assert.Equal(TestPattern.Take(1001, 100, salt: 3), peer.Receive.Read(1_000));
    }

    [Fact]
    public void A_passive_open_takes_no_text_that_comes_with_the_SYN_again()
    {
        var peer = new ScriptedPeer();
        peer.Output();
        var answer = Assert.Single(peer.Arrive(TcpFlags.Syn | TcpFlags.Ack, 1000, 5001, 100));
        Assert.Equal((TcpFlags.Ack, 1001u), (answer.Flags, answer.Acknowledgment.Value));
        Assert.Equal((TcpState.SynReceived, 0L), (peer.Connection.State, peer.Receive.Unread));
    }

    [Fact]
    [Rfc(9293, "3.7.1")]
    public void A_peer_without_options_gets_none_and_the_default_MSS()
    {
        var peer = new ScriptedPeer(active: true);
        peer.Output();
        peer.Arrive(TcpFlags.Syn | TcpFlags.Ack, 1000, 5001);
        var first = peer.Write(5_000)[0];
        Assert.Equal(536, first.MaximumPayload);
        Assert.False(first.Options.HasTimestamps);
        Assert.Equal(0, first.Options.SackCount);
    }
}
