using ActorStack.TestKit;
using ActorStack.Transport.Tcp.Congestion;

namespace ActorStack.Transport.Tests.Tcp.Congestion;

/// <summary>RFC 7661.</summary>
public sealed class CongestionWindowValidationTests
{
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
}
