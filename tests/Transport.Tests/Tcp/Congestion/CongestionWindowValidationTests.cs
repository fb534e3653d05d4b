using ActorStack.Tests.Common;
using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp.Congestion;

/// <summary>RFC 7661.</summary>
public sealed class CongestionWindowValidationTests
{
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(50);

    private readonly AcknowledgmentDriver _driver = new(CongestionControls.Create("reno", 1000, seed: 1, TimeSpan.Zero));

    [Fact]
    [Rfc(7661, "4.3")]
    public void A_window_that_is_not_used_does_not_grow_and_is_kept()
    {
        _driver.Rounds(3);
        _driver.Rounds(100, windowLimited: false, usedPart: 0.2);
        Assert.Equal(80, _driver.Segments);
    }

    [Fact]
    public void An_idle_connection_keeps_its_window_for_five_minutes()
    {
        _driver.Rounds(3);
        _driver.Idle(TimeSpan.FromMinutes(4));
        Assert.Equal(80, _driver.Segments);
        _driver.Idle(TimeSpan.FromMinutes(1));
        Assert.Equal(40, _driver.Segments);
    }

    [Fact]
    [Rfc(7661, "4.4.3")]
    public void A_window_that_is_not_used_for_five_minutes_is_halved_down_to_the_initial_one()
    {
        _driver.Rounds(3);
        _driver.Congest(CongestionSignal.Loss);
        _driver.Rounds(3_150, windowLimited: false, usedPart: 0.1);
        Assert.Equal((20d, 40_000u), (_driver.Segments, _driver.Control.SlowStartThreshold));
        _driver.Rounds(6_300, windowLimited: false, usedPart: 0.1);
        Assert.Equal(10, _driver.Segments);
    }

    [Fact]
    [Rfc(7661, "4.4.1")]
    public void Congestion_is_answered_by_what_was_used_not_by_the_window()
    {
        _driver.Rounds(3);
        _driver.Rounds(30, windowLimited: false, usedPart: 0.2);
        _driver.Congest(CongestionSignal.Loss, inFlight: 12_000);
        Assert.InRange(_driver.Segments, 8, 9); // half of the 16 segments lately acknowledged in a round trip
    }

    [Fact]
    public void A_window_that_was_used_is_what_congestion_is_answered_by()
    {
        _driver.Rounds(3);
        _driver.Congest(CongestionSignal.Loss, inFlight: 12_000);
        Assert.Equal(40, _driver.Segments);
    }

    /// <summary>
    /// Linux has 10, 16 and 24 for these flights: half of the window is not more than half, and a flight lets the window grow to
    /// twice its size, no further. Paced, after a move and with marks asked for, it is the same.
    /// </summary>
    [Theory]
    [InlineData("reno", false, false)]
    [InlineData("reno", true, false)]
    [InlineData("cubic", false, false)]
    [InlineData("cubic", true, false)]
    [InlineData("cubic", false, true)]
    [InlineData("cubic", true, true)]
    [Rfc(7661, "4.3", "4.4")]
    public void An_application_that_sends_less_than_its_window_grows_it_to_twice_its_flights_in_slow_start(
        string algorithm, bool paced, bool moved)
    {
        var peer = Established(algorithm, paced);
        Assert.Equal(10_000u, peer.Connection.Info.CongestionWindow);
        Assert.Equal([10_000u, 16_000u, 24_000u], new[] { 5, 8, 12 }.Select(segments => AfterFlight(peer, segments, moved)));
    }

    [Fact]
    public void BBR_grows_by_what_it_measured_and_not_by_what_an_application_could_have_sent()
    {
        var peer = Established("bbr", paced: true);
        for (var flight = 0; flight < 100; flight++) AfterFlight(peer, segments: 5, moved: false);
        Assert.InRange(peer.Connection.Info.CongestionWindow, 10_000u, 25_000u);
    }

    [Fact]
    public void After_idle_flights_far_below_the_window_that_was_kept_do_not_let_it_grow()
    {
        var peer = Established("reno", paced: false);
        foreach (var segments in new[] { 10, 20, 40 }) AfterFlight(peer, segments, moved: false);
        peer.Wait(TimeSpan.FromSeconds(30));
        for (var flight = 0; flight < 10; flight++) Assert.Equal(80_000u, AfterFlight(peer, segments: 20, moved: false));
    }

    [Theory]
    [InlineData("reno")]
    [InlineData("cubic")]
    public void A_window_larger_than_the_peers_grows_to_twice_what_that_lets_through(string algorithm)
    {
        var peer = Established(algorithm, paced: false);
        peer.Window = 20_000 >> ScriptedPeer.WindowScale;
        var end = EndOf(peer.Write(1_000_000));
        for (var roundTrips = 0; roundTrips < 40; roundTrips++)
        {
            peer.Wait(RoundTrip);
            end = EndOf(peer.Arrive(TcpFlags.Ack, 1001, end));
        }

        Assert.InRange(peer.Connection.Info.CongestionWindow, 20_000u, 40_000u);
    }

    [Fact]
    public void A_transfer_that_uses_its_window_doubles_it_each_round_trip()
    {
        var peer = Established("reno", paced: false);
        var sent = peer.Write(1_000_000);
        foreach (var expected in new[] { 20_000u, 40_000u, 80_000u, 160_000u })
        {
            peer.Wait(RoundTrip);
            sent = peer.Arrive(TcpFlags.Ack, 1001, EndOf(sent));
            Assert.Equal(expected, peer.Connection.Info.CongestionWindow);
        }
    }

    private static ScriptedPeer Established(string algorithm, bool paced)
    {
        var peer = new ScriptedPeer(TcpSettings.Default with
        {
            Timestamps = false,
            MaximumSegmentPayload = 64 * 1024,
            Pacing = paced,
            Options = new SocketOptions { CongestionAlgorithm = algorithm, MaximumSegmentSize = 1000 },
        });
        peer.Output();
        peer.Wait(RoundTrip);
        peer.Arrive(TcpFlags.Ack, 1001, 5001);
        return peer;
    }

    /// <summary>The window when so many segments have been written at once and acknowledged one by one, 50 ms later.</summary>
    private static uint AfterFlight(ScriptedPeer peer, int segments, bool moved)
    {
        var sent = peer.Write(1000 * segments);
        while (sent.Sum(segment => segment.Payload.Length) < 1000 * segments) sent.AddRange(peer.WaitForTimer());
        if (moved) peer.Move();
        peer.Wait(RoundTrip);
        var first = sent[0].Sequence.Value;
        for (var i = 1u; i <= segments; i++) peer.Arrive(TcpFlags.Ack, 1001, first + 1000 * i);
        return peer.Connection.Info.CongestionWindow;
    }

    private static uint EndOf(List<OutboundSegment> sent) =>
        sent.Max(segment => segment.Sequence.Value + (uint)segment.Payload.Length);
}
