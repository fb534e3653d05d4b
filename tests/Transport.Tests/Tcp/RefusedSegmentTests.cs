using System.Net.Sockets;
using System.Text.Json;
using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Handshake;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp;

/// <summary>
/// An attacker off the path knows addresses and ports, and may hit the window, but does not know what was sent. RFC 5961 section
/// 5.2 discards a segment with an unacceptable acknowledgment: no state may keep anything of it.
/// </summary>
public sealed class RefusedSegmentTests
{
    private static readonly TimeSpan Keepalive = TimeSpan.FromSeconds(10);

    /// <summary>A refused segment and its answer are counted, and the rate of challenge ACKs is kept.</summary>
    private static readonly string[] Counted =
    [
        "Statistics.SegmentsReceived", "Statistics.SegmentsSent",
        "Liveness.ChallengedTicks",
    ];

    private static readonly Forgery[] Forgeries =
    [
        new("acknowledges what was not sent", TcpFlags.Ack, 0, 9_999),
        new("acknowledges one number too many", TcpFlags.Ack, 0, 1),
        new("acknowledges what was acknowledged long ago", TcpFlags.Ack, 0, -100_000_000),
        new("has no ACK bit", TcpFlags.None, 0, 0),
        new("ends the text beyond a gap and acknowledges what was not sent", TcpFlags.Ack | TcpFlags.Fin, 100, 9_999),
        new("repeats old text and acknowledges what was not sent", TcpFlags.Ack, -20, 9_999),
        new("repeats old text without ACK bit", TcpFlags.None, -20, 0),
        new("ends before the window and acknowledges what was not sent", TcpFlags.Ack | TcpFlags.Fin, -31, 9_999),
        new("ends before the window without ACK bit", TcpFlags.Fin, -31, 0),
        new("ends long before the window", TcpFlags.Ack | TcpFlags.Fin, -5_000, 0, Text: 0),
        new("lies beyond the window", TcpFlags.Ack | TcpFlags.Fin, 10_000_000, 0),
        new("resets elsewhere in the window", TcpFlags.Rst, 5, 0, Text: 0),
        new("resets beyond the window", TcpFlags.Rst | TcpFlags.Ack, 10_000_000, 0, Text: 0),
        new("is a SYN in the window", TcpFlags.Syn, 5, 0, Text: 0),
        new("is a SYN,ACK in the window", TcpFlags.Syn | TcpFlags.Ack, 5, 0, Text: 0),
        new("is a SYN beyond the window", TcpFlags.Syn, 10_000_000, 0, Text: 0),
        new("is older and acknowledges what was not sent", TcpFlags.Ack, 0, 9_999, IsOlder: true),
        new("is an older FIN", TcpFlags.Ack | TcpFlags.Fin, -1, 0, IsOlder: true, Text: 0),
    ];

    public static TheoryData<TcpState, string, bool> Cells
    {
        get
        {
            var cells = new TheoryData<TcpState, string, bool>();
            foreach (var state in Enum.GetValues<TcpState>().Where(state => state is not (TcpState.Closed or TcpState.SynSent)))
            {
                foreach (var forgery in Forgeries.Where(forgery => !EndsHalfOpen(state, forgery)))
                {
                    cells.Add(state, forgery.Name, false);
                    cells.Add(state, forgery.Name, true);
                }
            }

            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    [Rfc(5961, "3.2", "4.2", "5.2")]
    [Rfc(7323, "4.3", "5.3")]
    public void A_segment_that_is_refused_changes_nothing(TcpState state, string name, bool ipv6)
    {
        var forgery = Forgeries.Single(one => one.Name == name);
        foreach (var isMoved in (bool[])[false, true])
        {
            var peer = InState(state, ipv6);
            if (isMoved) peer.Move();
            peer.Output();
            AssertUnchanged(peer, forgery, $"{state}, {name}, {(isMoved ? "moved" : "not moved")}");
        }
    }

    [Theory]
    [InlineData(TcpFlags.Syn | TcpFlags.Ack, 6_000u)]
    [InlineData(TcpFlags.Syn | TcpFlags.Ack, 5_000u)]
    [InlineData(TcpFlags.Ack, 6_000u)]
    [InlineData(TcpFlags.Ack, 5_001u)]
    [InlineData(TcpFlags.Ack | TcpFlags.Fin, 5_001u)]
    [InlineData(TcpFlags.Rst | TcpFlags.Ack, 6_000u)]
    [InlineData(TcpFlags.Rst, 0u)]
    [InlineData(TcpFlags.None, 0u)]
    [Rfc(9293, "3.10.7.3")]
    public void What_is_refused_in_SYN_SENT_changes_nothing(TcpFlags flags, uint acknowledgment)
    {
        foreach (var ipv6 in (bool[])[false, true])
        {
            var peer = new ScriptedPeer(active: true, timestamps: true, ipv6: ipv6);
            peer.Output();
            peer.Wait(TimeSpan.FromMilliseconds(50));
            var before = Show(peer);
            peer.Window = 0;
            peer.Arrive(flags, 1000, acknowledgment, 10, Loud(peer, 1_000_000), EcnCodepoint.CongestionExperienced);
            Assert.Equal(before, Show(peer));
        }
    }

    /// <summary>The attack whole: no number has to be guessed but one in the window.</summary>
    [Theory]
    [InlineData(TcpFlags.Ack)]
    [InlineData(TcpFlags.None)]
    [Rfc(7323, "5.3")]
    public void Forged_timestamps_do_not_shut_out_the_peer(TcpFlags flags)
    {
        foreach (var (ipv6, isMoved) in (ReadOnlySpan<(bool, bool)>)[(false, false), (false, true), (true, false), (true, true)])
        {
            var peer = new ScriptedPeer(timestamps: true, ipv6: ipv6, offer: Offer(200));
            peer.Output();
            peer.Arrive(TcpFlags.Ack, 1001, 5001, options: Stamp(201));
            for (var forged = 200_000u; forged < 200_005; forged++)
            {
                peer.Wait(TimeSpan.FromMilliseconds(200));
                peer.Arrive(flags, 1001, 5001 + 9_998, 10, Stamp(forged));
                if (isMoved) peer.Move();
            }

            var answer = Assert.Single(peer.Arrive(TcpFlags.Ack, 1001, 5001, 10, Stamp(800)));
            Assert.Equal((1011u, 800u), (answer.Acknowledgment.Value, answer.Options.TimestampEcho));
        }
    }

    [Theory]
    [InlineData(TcpFlags.Ack)]
    [InlineData(TcpFlags.None)]
    [Rfc(9293, "3.8.4")]
    public void Forged_segments_do_not_keep_a_dead_peer_alive(TcpFlags flags)
    {
        var peer = ScriptedPeer.Established(Settings with { Timestamps = false });
        var began = peer.Now;
        while (peer.Connection.State is not TcpState.Closed && peer.Now - began < 100 * Keepalive)
        {
            peer.Wait(TimeSpan.FromSeconds(1));
            peer.Arrive(flags, 1001, 5001 + 9_998, 10);
        }

        Assert.Equal(SocketError.TimedOut, Assert.IsType<SocketException>(peer.Connection.Error).SocketErrorCode);
        Assert.Equal(4 * Keepalive, peer.Now - began);
    }

    [Theory]
    [InlineData(TcpFlags.Ack)]
    [InlineData(TcpFlags.None)]
    [Rfc(3168, "6.1.3")]
    public void A_forged_CWR_does_not_end_the_echo_of_a_mark_and_a_forged_mark_starts_none(TcpFlags flags)
    {
        var peer = ScriptedPeer.Established(ecn: true);
        peer.Arrive(flags, 1001, 5001 + 9_998, 10, ecn: EcnCodepoint.CongestionExperienced);
        Assert.False(Assert.Single(peer.Arrive(TcpFlags.Ack, 1001, 5001, 10)).Has(TcpFlags.Ece));
        var echo = Assert.Single(peer.Arrive(TcpFlags.Ack, 1011, 5001, 10, ecn: EcnCodepoint.CongestionExperienced));
        Assert.True(echo.Has(TcpFlags.Ece));
        peer.Arrive(flags | TcpFlags.Cwr, 1021, 5001 + 9_998, 10);
        Assert.True(Assert.Single(peer.Arrive(TcpFlags.Ack, 1021, 5001, 10)).Has(TcpFlags.Ece));
    }

    [Fact]
    [Rfc(3168, "6.1.4")]
    public void A_mark_on_a_segment_without_text_is_not_echoed()
    {
        var peer = ScriptedPeer.Established(ecn: true);
        Assert.Empty(peer.Arrive(TcpFlags.Ack, 1001, 5001, ecn: EcnCodepoint.CongestionExperienced));
        Assert.False(Assert.Single(peer.Arrive(TcpFlags.Ack, 1001, 5001, 10)).Has(TcpFlags.Ece));
    }

    [Fact]
    [Rfc(9293, "3.10.7.4")]
    public void An_acknowledgment_below_SND_UNA_does_not_change_the_window_though_its_sequence_number_is_newer()
    {
        var peer = ScriptedPeer.Established();
        peer.Write(100);
        peer.Arrive(TcpFlags.Ack, 1001, 5101);
        var before = peer.Connection.Export(ExportScope.Whole, peer.Now);
        peer.Window = 0;
        peer.Arrive(TcpFlags.Ack, 1011, 5001, 10);
        var after = peer.Connection.Export(ExportScope.Whole, peer.Now);
        Assert.Equal((before.Send.SndWnd, before.Send.SndWl1, before.Send.SndWl2),
            (after.Send.SndWnd, after.Send.SndWl1, after.Send.SndWl2));
    }

    /// <summary>Each would put off the timeout, and so the end, for ever.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Rfc(9293, "3.10.7.4")]
    public void A_SYN_that_is_repeated_for_ever_does_not_hold_a_half_open_connection(bool fastOpen)
    {
        var peer = new ScriptedPeer(early: fastOpen ? 100 : 0, answer: new FastOpenAnswer(fastOpen, null));
        peer.Output();
        var began = peer.Now;
        while (peer.Connection.State is not TcpState.Closed && peer.Now - began < TimeSpan.FromMinutes(10))
        {
            peer.Wait(TimeSpan.FromMilliseconds(900));
            if (peer.Connection.State is not TcpState.Closed) peer.Arrive(TcpFlags.Syn, 1000, 0, fastOpen ? 100 : 0);
        }

        Assert.InRange(peer.Now - began, TimeSpan.FromSeconds(63), TimeSpan.FromSeconds(70));
    }

    [Fact]
    [Rfc(5961, "7")]
    public void Repeated_SYNs_are_answered_at_the_rate_of_challenge_ACKs()
    {
        var peer = new ScriptedPeer();
        peer.Output();
        Assert.Single(peer.Arrive(TcpFlags.Syn, 1000, 0));
        Assert.Empty(peer.Arrive(TcpFlags.Syn, 1000, 0));
        peer.Move();
        Assert.Empty(peer.Arrive(TcpFlags.Syn, 1000, 0));
        peer.Wait(TcpSettings.Default.ChallengeInterval);
        Assert.Single(peer.Arrive(TcpFlags.Syn, 1000, 0));
    }

    [Fact]
    [Rfc(5961, "4.2")]
    [Rfc(7413, "4.2.2")]
    public void A_SYN_in_the_window_does_not_end_a_connection_whose_application_has_begun_in_SYN_RECEIVED()
    {
        var peer = new ScriptedPeer(early: 100, answer: new FastOpenAnswer(TakesPayload: true, null));
        peer.Output();
        peer.Write(500);
        Assert.Equal(TcpFlags.Ack, Assert.Single(peer.Arrive(TcpFlags.Syn, 1151, 0)).Flags);
        Assert.Equal(TcpState.SynReceived, peer.Connection.State);
        peer.Arrive(TcpFlags.Ack, 1101, 5501);
        Assert.Equal(TcpState.Established, peer.Connection.State);
    }

    private static TcpSettings Settings { get; } = TcpSettings.Default with
    {
        Options = new SocketOptions
        {
            CongestionAlgorithm = "reno",
            KeepAlive = true,
            KeepaliveIdle = Keepalive,
            KeepaliveInterval = Keepalive,
            KeepaliveCount = 3,
        },
    };

    /// <summary>RFC 9293 section 3.10.7.4 fourth: there a SYN in the window returns a passive open to LISTEN.</summary>
    private static bool EndsHalfOpen(TcpState state, Forgery forgery) =>
        state is TcpState.SynReceived && (forgery.Flags & TcpFlags.Syn) != 0 && forgery.Position == 5;

    private static void AssertUnchanged(ScriptedPeer peer, Forgery forgery, string where)
    {
        var before = Show(peer);
        var record = peer.Connection.Export(ExportScope.Whole, peer.Now);
        var unread = peer.Receive.Unread;
        peer.Connection.TakeEvents();
        peer.Window = 0;
        var sequence = new SequenceNumber(record.Receive.RcvNxt) + forgery.Position;
        var acknowledgment = new SequenceNumber(record.Send.SndMax) + forgery.Acknowledgment;
        var options = Loud(peer, forgery.IsOlder ? 1u : 1_000_000u);
        var flags = forgery.Flags | TcpFlags.Urg | TcpFlags.Cwr | TcpFlags.Ece;
        var answers = peer.Arrive(
            flags, sequence.Value, acknowledgment.Value, forgery.Text, options, EcnCodepoint.CongestionExperienced);
        Assert.True(before == Show(peer), $"{where}:\n{Difference(before, Show(peer))}");
        Assert.Equal((TcpEvents.None, unread), (peer.Connection.TakeEvents(), peer.Receive.Unread));
        Assert.All(answers, answer => Assert.Equal((0, 0L), (answer.Options.SackCount, answer.Payload.Length)));
    }

    /// <summary>With text taken both ways, and 50 bytes outstanding where the state allows it; a while ago.</summary>
    private static ScriptedPeer InState(TcpState state, bool ipv6)
    {
        var peer = new ScriptedPeer(Settings, timestamps: true, ecn: true, ipv6: ipv6);
        peer.Output();
        if (state is not TcpState.SynReceived) Advance(peer, state);
        peer.Wait(TimeSpan.FromMilliseconds(300));
        Assert.Equal(state, peer.Connection.State);
        return peer;
    }

    private static void Advance(ScriptedPeer peer, TcpState state)
    {
        peer.Arrive(TcpFlags.Ack, 1001, 5001, 100, Stamp(1_000));
        peer.Write(100);
        var isPeerFirst = state is TcpState.CloseWait or TcpState.LastAck;
        var next = isPeerFirst ? 1102u : 1101u;
        if (isPeerFirst) peer.Arrive(TcpFlags.Ack | TcpFlags.Fin, 1101, 5001, options: Stamp(1_001));
        if (state is not (TcpState.Established or TcpState.CloseWait)) peer.Write(0, close: true);
        var acknowledged = state is TcpState.FinWait2 or TcpState.TimeWait ? 5102u : 5051u;
        peer.Arrive(TcpFlags.Ack, next, acknowledged, options: Stamp(1_002));
        if (state is TcpState.Closing or TcpState.TimeWait)
            peer.Arrive(TcpFlags.Ack | TcpFlags.Fin, 1101, acknowledged, options: Stamp(1_003));
    }

    /// <summary>All that a segment can carry.</summary>
    private static TcpOptions Loud(ScriptedPeer peer, uint timestamp)
    {
        var record = peer.Connection.Export(ExportScope.Whole, peer.Now);
        var options = Stamp(timestamp) with
        {
            TimestampEcho = 99_000,
            MaximumSegmentSize = 100,
            HasWindowScale = true,
            WindowScale = 14,
            SackCount = 2,
        };
        options.Sack[0] = new SackBlock(new SequenceNumber(record.Send.SndUna) - 10, new SequenceNumber(record.Send.SndUna));
        options.Sack[1] = new SackBlock(new SequenceNumber(record.Send.SndUna) + 1, new SequenceNumber(record.Send.SndMax));
        return options;
    }

    private static TcpOptions Stamp(uint value) => new() { HasTimestamps = true, TimestampValue = value };

    private static TcpOptions Offer(uint timestamp) => Stamp(timestamp) with { MaximumSegmentSize = 1460, SackPermitted = true };

    private static string Show(ScriptedPeer peer)
    {
        var record = peer.Connection.Export(ExportScope.Whole, peer.Now);
        return string.Join('\n',
            from section in typeof(TcpConnectionState).GetProperties()
            where section.CanWrite
            from field in section.PropertyType.GetProperties()
            where field.CanWrite && !Counted.Contains($"{section.Name}.{field.Name}")
            select $"{section.Name}.{field.Name} {JsonSerializer.Serialize(field.GetValue(section.GetValue(record)))}");
    }

    private static string Difference(string before, string after) =>
        string.Join('\n', before.Split('\n').Zip(after.Split('\n')).Where(pair => pair.First != pair.Second));

    /// <param name="Position">SEG.SEQ less RCV.NXT.</param>
    /// <param name="Acknowledgment">SEG.ACK less SND.MAX.</param>
    private sealed record Forgery(
        string Name, TcpFlags Flags, int Position, int Acknowledgment, bool IsOlder = false, int Text = 30);
}
