using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.Host;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Handshake;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp;

/// <summary>
/// Which options each kind of segment has, for every offer of either end. They are written "MSS WS SACKOK TS TFO SACK"; "TS0" is
/// a timestamp without an echo.
/// </summary>
public sealed class SegmentOptionsTests
{
    private static readonly FastOpenCookie Own = new([1, 2, 3, 4, 5, 6, 7, 8]);
    private static readonly FastOpenCookie Granted = new([8, 7, 6, 5, 4, 3, 2, 1]);

    /// <summary>What this end offers, then what the peer does.</summary>
    public static TheoryData<Offer, Offer> Offers
    {
        get
        {
            var offers = new TheoryData<Offer, Offer>();
            foreach (var own in Every())
            {
                foreach (var peer in Every()) offers.Add(own, peer);
            }

            return offers;

            static IEnumerable<Offer> Every() =>
                Enumerable.Range(0, 8).Select(i => new Offer((i & 1) != 0, (i & 2) != 0, (i & 4) != 0));
        }
    }

    [Theory]
    [MemberData(nameof(Offers))]
    [Rfc(9293, "3.7.1")]
    [Rfc(7323, "2.2", "3.2")]
    [Rfc(2018, "2")]
    public void An_active_open_uses_what_both_SYNs_had(Offer own, Offer peer)
    {
        foreach (var isMoved in (bool[])[false, true])
        {
            var script = new ScriptedPeer(own.Settings, active: true);
            Assert.Equal(own.Syn(echo: false), Show(Assert.Single(script.Output())));
            if (isMoved) script.Move();
            var old = Assert.Single(script.Arrive(TcpFlags.Syn | TcpFlags.Ack, 1000, 4_711, options: peer.Options));
            Assert.Equal((TcpFlags.Rst, ""), (old.Flags, Show(old)));
            var agreed = own.And(peer);
            var answer = Assert.Single(script.Arrive(TcpFlags.Syn | TcpFlags.Ack, 1000, 5001, options: peer.Options));
            Assert.Equal((TcpFlags.Ack, agreed.Later), (answer.Flags, Show(answer)));
            if (isMoved) script.Move();
            AssertLater(script, agreed);
        }
    }

    [Theory]
    [MemberData(nameof(Offers))]
    [Rfc(7323, "2.2", "3.2")]
    [Rfc(2018, "2")]
    public void A_passive_open_answers_with_what_the_SYN_had_too(Offer own, Offer peer)
    {
        var script = new ScriptedPeer(own.Settings, offer: peer.Options);
        var agreed = own.And(peer);
        Assert.Equal(agreed.Syn(echo: true), Show(Assert.Single(script.Output())));
        Assert.Equal(agreed.Syn(echo: true), Show(Assert.Single(script.WaitForTimer())));
        var refused = Assert.Single(script.Arrive(TcpFlags.Ack, 1001, 4_711));
        Assert.Equal((TcpFlags.Rst, agreed.Later), (refused.Flags, Show(refused)));
        script.Move();
        script.Arrive(TcpFlags.Ack, 1001, 5001, options: agreed.Stamp(2));
        AssertLater(script, agreed);
    }

    [Theory]
    [MemberData(nameof(Offers))]
    [Rfc(9293, "3.5")]
    [Rfc(7323, "2.2", "3.2")]
    public void The_SYN_ACK_of_a_simultaneous_open_has_what_both_SYNs_had(Offer own, Offer peer)
    {
        var script = new ScriptedPeer(own.Settings, active: true);
        script.Output();
        var agreed = own.And(peer);
        var answer = Assert.Single(script.Arrive(TcpFlags.Syn, 1000, 0, options: peer.Options));
        Assert.Equal((TcpFlags.Syn | TcpFlags.Ack, agreed.Syn(echo: true)), (answer.Flags, Show(answer)));
        script.Move();
        script.Arrive(TcpFlags.Syn | TcpFlags.Ack, 1000, 5001, options: peer.Options);
        AssertLater(script, agreed);
    }

    /// <summary>RFC 7413 section 4.1.1: a cookie in a SYN,ACK is a grant, which only a server can make.</summary>
    [Theory]
    [InlineData(true, 300)]
    [InlineData(true, 0)]
    [InlineData(false, 300)]
    [Rfc(7413, "4.1.1", "4.2.1")]
    public void The_SYN_ACK_of_a_simultaneous_open_grants_no_cookie_and_text_of_the_SYN_is_sent_again(bool hasCookie, int length)
    {
        foreach (var isMoved in (bool[])[false, true])
        {
            var attempt = hasCookie ? new FastOpenAttempt(Own, 1460) : default;
            var script = new ScriptedPeer(active: true, attempt: attempt, early: length);
            var syn = Assert.Single(script.Output());
            Assert.Equal(hasCookie && length == 0 ? "MSS WS SACKOK" : "MSS WS SACKOK TFO", Show(syn));
            if (isMoved) script.Move();
            var peer = new TcpOptions { MaximumSegmentSize = 1460, HasFastOpen = true, FastOpen = Granted };
            var answer = Assert.Single(script.Arrive(TcpFlags.Syn, 1000, 0, options: peer));
            Assert.Equal((TcpFlags.Syn | TcpFlags.Ack, "MSS", 0L), (answer.Flags, Show(answer), answer.Payload.Length));
            if (isMoved) script.Move();
            var text = script.Arrive(TcpFlags.Syn | TcpFlags.Ack, 1000, 5001, options: peer);
            Assert.Equal(TcpState.Established, script.Connection.State);
            Assert.Equal(length, text.Sum(segment => (int)segment.Payload.Length));
            Assert.Null(script.Connection.FastOpenGrant);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Rfc(7413, "4.1.1", "4.2.2")]
    public void A_server_grants_its_cookie_in_the_first_SYN_ACK_alone(bool isMoved)
    {
        var script = new ScriptedPeer(early: 100, answer: new FastOpenAnswer(TakesPayload: false, Granted));
        if (isMoved) script.Move();
        Assert.Equal("MSS WS SACKOK TFO", Show(Assert.Single(script.Output())));
        Assert.Equal("MSS WS SACKOK", Show(Assert.Single(script.WaitForTimer())));
        script.Arrive(TcpFlags.Ack, 1001, 5001);
        Assert.Equal("", Show(Assert.Single(script.Arrive(TcpFlags.Ack, 1001, 5001, 10))));
    }

    /// <summary>The RST is owed when the connection ends, and leaves after.</summary>
    [Fact]
    [Rfc(7323, "3.2")]
    public void A_RST_that_is_owed_when_an_open_ends_has_no_timestamp()
    {
        var script = new ScriptedPeer(active: true, timestamps: true);
        script.Output();
        script.Take(TcpFlags.Syn | TcpFlags.Ack, 1000, 4_711);
        script.Take(TcpFlags.Rst | TcpFlags.Ack, 1000, 5_001);
        Assert.Equal(TcpState.Closed, script.Connection.State);
        script.Move();
        var reset = Assert.Single(script.Output());
        Assert.Equal((TcpFlags.Rst, ""), (reset.Flags, Show(reset)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Rfc(7323, "3.2")]
    public void TIME_WAIT_answers_with_a_timestamp_where_both_SYNs_had_it_and_with_nothing_else(bool timestamps)
    {
        var script = ScriptedPeer.Established(timestamps: timestamps);
        script.Write(0, close: true);
        script.Arrive(TcpFlags.Ack, 1001, 5002);
        script.Arrive(TcpFlags.Fin | TcpFlags.Ack, 1001, 5002);
        var table = new TimeWaitTable(10, TcpSettings.Default);
        table.Add(script.Connection.Export(ExportScope.Whole, script.Now), script.Now);
        var old = new TcpSegment { Flags = TcpFlags.Ack, Sequence = new(1), Payload = new byte[10] };
        Assert.Equal(TimeWaitVerdict.Answered, table.Arrive(script.Connection.Flow, old, script.Now, out var answer, out _));
        Assert.Equal(timestamps ? "TS" : "", Show(answer));
        var own = Assert.Single(script.Arrive(TcpFlags.Ack, 1, 5002));
        Assert.Equal(timestamps ? "TS" : "", Show(own));
    }

    /// <summary>RFC 3168 section 6.1.1: in a SYN,ACK the flag agrees to ECN; it echoes no mark.</summary>
    [Fact]
    [Rfc(3168, "6.1.1")]
    public void A_SYN_ACK_that_agrees_to_ECN_and_takes_the_text_of_the_SYN_reduces_no_window()
    {
        var settings = TcpSettings.Default with { Ecn = EcnMode.Active, Timestamps = false };
        var script = new ScriptedPeer(settings, active: true, attempt: new FastOpenAttempt(Own, 1460), early: 300);
        script.Output();
        script.Arrive(TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Ece, 1000, 5301, options: new Offer(true, true, false).Options);
        Assert.Equal((TcpState.Established, uint.MaxValue), (script.Connection.State, script.Connection.Info.SlowStartThreshold));
        Assert.DoesNotContain(script.Write(100), segment => segment.Has(TcpFlags.Cwr));
    }

    [Fact]
    [Rfc(3168, "5")]
    public void The_traffic_class_of_an_application_leaves_the_bits_of_ECN_alone() =>
        Assert.Equal(0xB8, new SocketOptions { TrafficClass = 0xBB }.TrafficClass);

    /// <summary>Text, a bare acknowledgment, one beyond a gap, a probe, and the RST of an abort.</summary>
    private static void AssertLater(ScriptedPeer script, Offer agreed)
    {
        Assert.Equal(TcpState.Established, script.Connection.State);
        Assert.Equal(agreed.Later, Show(Assert.Single(script.Write(100))));
        script.Arrive(TcpFlags.Ack, 1001, 5101, options: agreed.Stamp(3));
        Assert.Equal(agreed.Later, Show(Assert.Single(script.Arrive(TcpFlags.Ack, 1001, 5101, 10, agreed.Stamp(4)))));
        var gap = agreed.Sack ? $"{agreed.Later} SACK".Trim() : agreed.Later;
        Assert.Equal(gap, Show(Assert.Single(script.Arrive(TcpFlags.Ack, 1021, 5101, 10, agreed.Stamp(5)))));
        Assert.Equal(gap, Show(Assert.Single(script.Write(100))));
        script.Move();
        script.Connection.Abort(new IOException("aborted"), script.Now);
        var reset = Assert.Single(script.Output());
        Assert.Equal((TcpFlags.Rst, agreed.Later), (reset.Flags, Show(reset)));
    }

    private static string Show(in OutboundSegment segment)
    {
        ref readonly var options = ref segment.Options;
        var timestamps = !options.HasTimestamps ? "" : options.TimestampEcho == 0 ? "TS0" : "TS";
        string[] shown =
        [
            options.MaximumSegmentSize > 0 ? "MSS" : "", options.HasWindowScale ? "WS" : "",
            options.SackPermitted ? "SACKOK" : "", timestamps,
            options.HasFastOpen ? "TFO" : "", options.SackCount > 0 ? "SACK" : "",
        ];
        return string.Join(' ', shown.Where(option => option.Length > 0));
    }

    /// <summary>What an end offers beside its MSS.</summary>
    public sealed record Offer(bool WindowScale, bool Sack, bool Timestamps)
    {
        /// <summary>Short, for the names of tests.</summary>
        public override string ToString() =>
            string.Join('+',
                new[] { WindowScale ? "scale" : "", Sack ? "sack" : "", Timestamps ? "stamps" : "" }.Where(one => one != ""));

        internal TcpSettings Settings => TcpSettings.Default with
        {
            WindowScaling = WindowScale,
            Sack = Sack,
            Timestamps = Timestamps,
        };

        internal TcpOptions Options => Stamp(1) with
        {
            MaximumSegmentSize = 1460,
            HasWindowScale = WindowScale,
            WindowScale = 7,
            SackPermitted = Sack,
        };

        internal string Later => Timestamps ? "TS" : "";

        internal Offer And(Offer other) =>
            new(WindowScale && other.WindowScale, Sack && other.Sack, Timestamps && other.Timestamps);

        internal TcpOptions Stamp(uint value) => new() { HasTimestamps = Timestamps, TimestampValue = value };

        internal string Syn(bool echo)
        {
            var timestamps = !Timestamps ? "" : echo ? " TS" : " TS0";
            return $"MSS{(WindowScale ? " WS" : "")}{(Sack ? " SACKOK" : "")}{timestamps}";
        }
    }
}
