using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Tcp.Sending;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp;

public sealed class PacingTests
{
    private const int Segment = 1460;
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData(100_000, 2 * 1460)]
    [InlineData(10_000_000, 10_000)]
    [InlineData(125_000_000, 64 * 1024)]
    public void A_burst_is_a_millisecond_of_the_rate_two_segments_at_least_and_64_KB_at_most(long rate, long burst) =>
        Assert.Equal(burst, Pacer.Burst(rate, 1460));

    [Fact]
    public void Bursts_that_leave_on_time_keep_the_rate_exactly()
    {
        var pacer = new Pacer();
        var now = TimeSpan.FromSeconds(1);
        for (var i = 0; i < 1_000; i++)
        {
            Assert.False(pacer.MustWait(now));
            pacer.OnSent(10_000, rate: 10_000_000, Segment, now);
            if (i > 0) Assert.Equal(now + TimeSpan.FromMilliseconds(1), pacer.Next);
            now = pacer.Next > now ? pacer.Next : now;
        }
    }

    [Fact]
    public void A_timer_that_is_late_by_less_than_half_a_burst_costs_no_rate_and_later_no_more_than_that_is_made_up()
    {
        var pacer = new Pacer();
        var now = TimeSpan.FromSeconds(1);
        pacer.OnSent(10_000, 10_000_000, Segment, now);
        var due = pacer.Next;
        now = due + TimeSpan.FromMilliseconds(0.4);
        pacer.OnSent(10_000, 10_000_000, Segment, now);
        Assert.Equal(due + TimeSpan.FromMilliseconds(1), pacer.Next);
        now = pacer.Next + TimeSpan.FromSeconds(3);
        pacer.OnSent(10_000, 10_000_000, Segment, now);
        Assert.Equal(now + TimeSpan.FromMilliseconds(0.5), pacer.Next);
    }

    /// <summary>As when a few lost segments are sent again between bursts.</summary>
    [Fact]
    public void Single_segments_sent_late_cost_no_rate()
    {
        var pacer = new Pacer();
        var start = TimeSpan.FromSeconds(1);
        var (now, sent) = (start, 0L);
        while (sent < 10_000_000)
        {
            pacer.OnSent(Segment, 10_000_000, Segment, now);
            sent += Segment;
            if (pacer.MustWait(now)) now = pacer.Next + TimeSpan.FromMilliseconds(0.3);
        }

        Assert.InRange((now - start).TotalSeconds, 0.99, 1.01);
    }

    [Fact]
    public void The_first_flight_after_idle_is_spread_over_a_round_trip()
    {
        var peer = Open();
        Grow(peer);
        var window = peer.Connection.Info.CongestionWindow;
        peer.Wait(TimeSpan.FromSeconds(5));
        var start = peer.Now;
        var sent = Bytes(peer.Write(200_000));
        Assert.Equal(2 * 1460, sent);
        while (sent + 2 * 1460 <= window)
        {
            var burst = Bytes(peer.WaitForTimer());
            Assert.InRange(burst, 1460, 2 * 1460);
            sent += burst;
        }

        Assert.InRange((peer.Now - start) / RoundTrip, 0.35, 1.1);
        // Acknowledgments clock it again.
        Assert.True(Bytes(peer.Arrive(TcpFlags.Ack, 1001, Acknowledged + (uint)sent)) > 10 * 1460);
    }

    [Fact]
    public void Reno_is_paced_where_that_is_configured_at_twice_its_window_in_a_round_trip()
    {
        var peer = Open(TcpSettings.Default with
        {
            Timestamps = false,
            MaximumSegmentPayload = 64 * 1024,
            Options = new SocketOptions { CongestionAlgorithm = "reno" },
            Pacing = true,
        });
        Grow(peer);
        var window = peer.Connection.Info.CongestionWindow;
        var start = peer.Now;
        var sent = Bytes(peer.Write(200_000));
        while (sent + 2 * 1460 <= window) sent += Bytes(peer.WaitForTimer());
        var expected = (sent - 1.5 * 2920) / (2.0 * window / RoundTrip.TotalSeconds);
        Assert.InRange((peer.Now - start).TotalSeconds, expected * 0.9, expected * 1.1);
    }

    [Theory]
    [InlineData("bbr", false)]
    [InlineData("cubic", true)]
    public void No_instant_sends_more_than_a_burst_and_all_arrives(string algorithm, bool pacing)
    {
        var settings = new SimulationSettings
        {
            ClientBytes = 2_000_000,
            ServerBytes = 10_000,
            Loss = 0.01,
            Delay = TimeSpan.FromMilliseconds(20),
        };
        var simulation = new TcpSimulation(settings with
        {
            Tcp = settings.Tcp with
            {
                Options = new SocketOptions { CongestionAlgorithm = algorithm },
                Pacing = pacing,
                MaximumSegmentPayload = 64 * 1024,
            },
        });
        simulation.Connect();
        Assert.True(simulation.RunTransfer(TimeSpan.FromMinutes(5)), simulation.ToString());
        var largest = simulation.Trace.Where(entry => entry.From == "client" && entry.At > TimeSpan.FromMilliseconds(200))
            .GroupBy(entry => entry.At).Max(instant => instant.Sum(entry => entry.Length));
        Assert.InRange(largest, 1, 12 * 1460); // a burst, and what a recovery or a probe sends at once; unpaced it is the window
    }

    private const uint Acknowledged = 5001 + 14_600 + 29_200;

    private static ScriptedPeer Open(TcpSettings? settings = null)
    {
        var peer = new ScriptedPeer(settings);
        peer.Output();
        peer.Wait(RoundTrip);
        peer.Arrive(TcpFlags.Ack, 1001, 5001);
        return peer;
    }

    /// <summary>Two round trips of 100 ms.</summary>
    private static void Grow(ScriptedPeer peer)
    {
        Exchange(peer, 14_600, 5001 + 14_600);
        Exchange(peer, 29_200, Acknowledged);
    }

    private static void Exchange(ScriptedPeer peer, int bytes, uint acknowledged)
    {
        var end = peer.Now + RoundTrip;
        peer.Write(bytes);
        while (peer.Connection.NextDeadline < end) peer.WaitForTimer();
        peer.Wait(end - peer.Now);
        peer.Arrive(TcpFlags.Ack, 1001, acknowledged);
    }

    private static int Bytes(IEnumerable<OutboundSegment> segments) => (int)segments.Sum(segment => segment.Payload.Length);
}
