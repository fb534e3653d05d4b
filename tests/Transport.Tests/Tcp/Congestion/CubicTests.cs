using ActorStack.Tests.Common;
using ActorStack.Transport.Tcp.Congestion;

namespace ActorStack.Transport.Tests.Tcp.Congestion;

/// <summary>RFC 9438; expected figures are worked out here from its equations.</summary>
public sealed class CubicTests
{
    private const double C = 0.4;
    private const double Beta = 0.7;

    [Theory]
    [InlineData(100)]
    [InlineData(1_000)]
    [InlineData(10_000)]
    [Rfc(9438, "4.2")]
    public void The_curve_starts_at_the_decreased_window_and_has_its_plateau_after_K(double maximum)
    {
        var curve = CubicCurve.From(maximum, maximum * Beta);
        var k = Math.Pow(maximum * (1 - Beta) / C, 1 / 3d);
        Assert.Equal(k, curve.Inflection, 9);
        Assert.Equal(maximum * Beta, curve.At(0), 6);
        Assert.Equal(maximum, curve.At(k), 6);
        Assert.Equal(C * Math.Pow(k, 3) + maximum, curve.At(2 * k), 6);
    }

    [Fact]
    [Rfc(9438, "4.4", "4.5")]
    public void After_a_loss_the_window_follows_the_curve()
    {
        var driver = Decreased(rounds: 7, out var before);
        Assert.Equal(Math.Floor(before * Beta), driver.Segments, 3);
        var start = driver.Now;
        foreach (var seconds in (double[])[1, 3, 5, 8, 10])
        {
            driver.RunFor(start + TimeSpan.FromSeconds(seconds) - driver.Now);
            var k = Math.Cbrt((before - before * Beta) / C);
            var elapsed = (driver.Now - start).TotalSeconds;
            var expected = C * Math.Pow(elapsed - k, 3) + before;
            Assert.InRange(driver.Segments, expected * 0.98, expected * 1.03);
        }
    }

    [Fact]
    [Rfc(9438, "4.3")]
    public void With_a_short_round_trip_the_window_grows_as_Renos_would()
    {
        var driver = Decreased(rounds: 1, out var before);
        driver.RoundTrip = TimeSpan.FromMilliseconds(2);
        var start = driver.Segments;
        const double Alpha = 3 * (1 - Beta) / (1 + Beta);
        var rounds = (int)((before - start) / Alpha * 0.8);
        driver.Rounds(rounds);
        Assert.InRange(driver.Segments, start + Alpha * rounds * 0.9, start + Alpha * rounds * 1.05);

        while (driver.Segments < before + 0.5) driver.Rounds(1);
        var from = driver.Segments;
        driver.Rounds(10);
        Assert.InRange(driver.Segments, from + 9, from + 10.2);
    }

    [Fact]
    [Rfc(9438, "4.7")]
    public void A_second_loss_below_the_last_plateau_lowers_the_next_one()
    {
        var driver = Decreased(rounds: 5, out _);
        var window = driver.Segments;
        driver.Congest(CongestionSignal.Loss);
        var start = driver.Now;
        var plateau = window * (1 + Beta) / 2;
        var k = Math.Cbrt((plateau - window * Beta) / C);
        driver.RunFor(TimeSpan.FromSeconds(k));
        Assert.InRange(driver.Segments, plateau * 0.99, plateau * 1.01);
        Assert.True(driver.Now - start >= TimeSpan.FromSeconds(k));
    }

    [Theory]
    [InlineData(CongestionSignal.Loss, 0.7, 0.7)]
    [InlineData(CongestionSignal.Ecn, 0.85, 0.85)]
    [InlineData(CongestionSignal.Timeout, 0.7, 0)]
    [Rfc(9438, "4.6")]
    [Rfc(8511, "3")]
    public void Each_signal_has_its_decrease(CongestionSignal signal, double threshold, double window)
    {
        var driver = New();
        driver.Rounds(4);
        var before = driver.Control.Window;
        driver.Congest(signal);
        Assert.Equal((uint)(before * threshold), driver.Control.SlowStartThreshold);
        Assert.Equal(window == 0 ? 1_000 : (uint)(before * window), driver.Control.Window);
    }

    [Fact]
    [Rfc(9438, "4.8")]
    public void After_a_timeout_the_plateau_is_where_congestion_avoidance_begins()
    {
        var driver = New();
        driver.Rounds(5);
        var before = driver.Segments;
        driver.Congest(CongestionSignal.Timeout);
        while (driver.Control.Window < driver.Control.SlowStartThreshold) driver.Rounds(1);
        var start = (driver.Now, driver.Segments);
        driver.RunFor(TimeSpan.FromSeconds(6));
        var expected = C * Math.Pow((driver.Now - start.Now).TotalSeconds, 3) + start.Segments;
        Assert.True(start.Segments < before);
        Assert.InRange(driver.Segments, expected * 0.97, expected * 1.05);
    }

    [Fact]
    [Rfc(9438, "5.8")]
    public void Time_in_which_the_application_held_back_does_not_count()
    {
        var driver = Decreased(rounds: 6, out _);
        driver.RunFor(TimeSpan.FromSeconds(1));
        var before = driver.Control.Window;
        driver.Rounds(100, windowLimited: false, usedPart: 0.9);
        Assert.Equal(before, driver.Control.Window);
        driver.Rounds(1);
        Assert.InRange(driver.Control.Window, before, before * 1.03);
    }

    [Fact]
    public void Idle_time_does_not_count()
    {
        var driver = Decreased(rounds: 6, out _);
        driver.RunFor(TimeSpan.FromSeconds(1));
        var before = driver.Control.Window;
        driver.Idle(TimeSpan.FromSeconds(100));
        Assert.Equal(before, driver.Control.Window);
        driver.Rounds(1);
        Assert.InRange(driver.Control.Window, before, before * 1.03);
    }

    [Fact]
    [Rfc(9438, "4.9")]
    public void An_undo_goes_on_where_the_loss_found_it()
    {
        var driver = Decreased(rounds: 6, out _);
        driver.RunFor(TimeSpan.FromSeconds(3));
        var twin = Decreased(rounds: 6, out _);
        twin.RunFor(TimeSpan.FromSeconds(3));
        driver.Congest(CongestionSignal.Loss);
        driver.Control.OnUndo();
        driver.RunFor(TimeSpan.FromSeconds(3));
        twin.RunFor(TimeSpan.FromSeconds(3));
        Assert.InRange((double)driver.Control.Window, twin.Control.Window - 2, twin.Control.Window + 2);
    }

    private static AcknowledgmentDriver New() => new(CongestionControls.Create("cubic", 1000, seed: 1, TimeSpan.Zero));

    private static AcknowledgmentDriver Decreased(int rounds, out double before)
    {
        var driver = New();
        driver.Rounds(rounds);
        before = driver.Segments;
        driver.Congest(CongestionSignal.Loss);
        return driver;
    }
}
