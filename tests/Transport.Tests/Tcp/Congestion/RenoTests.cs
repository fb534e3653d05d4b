using ActorStack.Tests.Common;
using ActorStack.Transport.Tcp.Congestion;

namespace ActorStack.Transport.Tests.Tcp.Congestion;

/// <summary>RFC 5681, 3465, 6928, 8511.</summary>
public sealed class RenoTests
{
    [Theory]
    [InlineData(1460, 14_600)]
    [InlineData(536, 5_360)]
    [InlineData(8_960, 17_920)]
    [InlineData(2_190, 14_600)]
    [Rfc(6928, "2")]
    public void The_initial_window_is_ten_segments_within_14600_bytes_and_two_segments_at_least(int segment, uint window) =>
        Assert.Equal(window, CongestionControls.Create("reno", segment, seed: 1, TimeSpan.Zero).Window);

    [Fact]
    [Rfc(5681, "3.1")]
    [Rfc(3465, "2.2")]
    public void Slow_start_doubles_the_window_each_round_trip()
    {
        var driver = New();
        driver.Rounds(3);
        Assert.Equal(80, driver.Segments);
    }

    [Fact]
    [Rfc(5681, "3.1")]
    [Rfc(3465, "2.1")]
    public void Congestion_avoidance_adds_one_segment_each_round_trip()
    {
        var driver = Avoiding();
        var before = driver.Segments;
        driver.Rounds(8);
        Assert.InRange(driver.Segments, before + 7, before + 8);
    }

    [Theory]
    [InlineData(CongestionSignal.Loss, 20, 20)]
    [InlineData(CongestionSignal.Ecn, 32, 32)]
    [InlineData(CongestionSignal.Timeout, 20, 1)]
    [Rfc(5681, "3.2")]
    [Rfc(8511, "3")]
    public void Each_signal_has_its_decrease(CongestionSignal signal, double threshold, double window)
    {
        var driver = New();
        driver.Rounds(2);
        driver.Congest(signal);
        Assert.Equal((threshold, window), (driver.Control.SlowStartThreshold / 1000d, driver.Segments));
    }

    [Fact]
    public void A_timeout_of_what_timed_out_before_leaves_the_threshold()
    {
        var driver = New();
        driver.Rounds(2);
        driver.Congest(CongestionSignal.Timeout);
        driver.Congest(CongestionSignal.RepeatedTimeout);
        Assert.Equal((20_000u, 1_000u), (driver.Control.SlowStartThreshold, driver.Control.Window));
    }

    [Fact]
    [Rfc(5681, "3.1")]
    public void The_threshold_is_two_segments_at_least()
    {
        var driver = New();
        for (var i = 0; i < 5; i++) driver.Congest(CongestionSignal.Loss);
        Assert.Equal(2_000u, driver.Control.SlowStartThreshold);
    }

    [Fact]
    public void An_undo_goes_back_to_before_the_first_timeout()
    {
        var driver = New();
        driver.Rounds(2);
        driver.Congest(CongestionSignal.Timeout);
        driver.Congest(CongestionSignal.RepeatedTimeout);
        driver.Control.OnUndo();
        Assert.Equal((uint.MaxValue, 40_000u), (driver.Control.SlowStartThreshold, driver.Control.Window));
    }

    private static AcknowledgmentDriver New() => new(CongestionControls.Create("reno", 1000, seed: 1, TimeSpan.Zero));

    private static AcknowledgmentDriver Avoiding()
    {
        var driver = New();
        driver.Rounds(2);
        driver.Congest(CongestionSignal.Loss);
        return driver;
    }
}
