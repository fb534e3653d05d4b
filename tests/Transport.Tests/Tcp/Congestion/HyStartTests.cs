using ActorStack.Tests.Common;
using ActorStack.Transport.Tcp.Congestion;

namespace ActorStack.Transport.Tests.Tcp.Congestion;

/// <summary>RFC 9406.</summary>
public sealed class HyStartTests
{
    private long _through;
    private HyStart _hyStart = new();

    /// <summary>The threshold is an eighth of the last round's least, but 4 ms at least and 16 ms at most.</summary>
    [Theory]
    [InlineData(10, 13.9, false)]
    [InlineData(10, 14.0, true)]
    [InlineData(80, 89.9, false)]
    [InlineData(80, 90.0, true)]
    [InlineData(400, 415.9, false)]
    [InlineData(400, 416.0, true)]
    [Rfc(9406, "4.2")]
    public void Slow_start_becomes_conservative_where_the_round_trip_grows_by_the_threshold(
        double first, double second, bool conservative)
    {
        Round(first, samples: 8);
        Round(second, samples: 8);
        Assert.Equal(conservative, _hyStart.IsConservative);
        Assert.Equal(conservative ? 2_000u : 8_000u, _hyStart.Growth(8_000));
    }

    [Fact]
    [Rfc(9406, "4.2", "4.3")]
    public void Fewer_than_eight_samples_say_nothing()
    {
        Round(20, samples: 8);
        Round(100, samples: 7);
        Assert.False(_hyStart.IsConservative);
    }

    [Fact]
    [Rfc(9406, "4.2")]
    public void Slow_start_ends_with_the_fifth_conservative_round()
    {
        Round(20, samples: 8);
        for (var round = 1; round < 5; round++)
        {
            Assert.False(Round(40, samples: 10));
            Assert.True(_hyStart.IsConservative);
        }

        Assert.True(Round(40, samples: 10));
    }

    [Fact]
    [Rfc(9406, "4.2")]
    public void A_round_trip_that_shrinks_again_resumes_slow_start()
    {
        Round(20, samples: 8);
        Round(40, samples: 8);
        Assert.True(_hyStart.IsConservative);
        Round(30, samples: 8);
        Assert.False(_hyStart.IsConservative);
    }

    [Fact]
    public void Cubic_leaves_the_first_slow_start_before_any_loss_and_only_that_one_so()
    {
        var driver = new AcknowledgmentDriver(CongestionControls.Create("cubic", 1000, seed: 1, TimeSpan.Zero));
        driver.Rounds(3);
        driver.RoundTrip = TimeSpan.FromMilliseconds(130);
        driver.Rounds(12);
        Assert.True(driver.Control.SlowStartThreshold < uint.MaxValue);
        driver.Congest(CongestionSignal.Timeout);
        var threshold = driver.Control.SlowStartThreshold;
        driver.Rounds(3);
        driver.RoundTrip = TimeSpan.FromMilliseconds(500);
        driver.Rounds(3);
        Assert.Equal(threshold, driver.Control.SlowStartThreshold);
    }

    /// <summary>Ten segments are acknowledged; true where one of the acknowledgments ended slow start.</summary>
    private bool Round(double milliseconds, int samples)
    {
        const int Segments = 10;
        var ended = false;
        var end = _through + Segments;
        for (var i = 0; i < Segments; i++)
        {
            _through++;
            ended |= _hyStart.OnAcknowledged(new AcknowledgmentSample
            {
                AcknowledgedThrough = _through,
                SentThrough = _through == end ? end + Segments : end,
                RoundTrip = i < samples ? TimeSpan.FromMilliseconds(milliseconds) : TimeSpan.Zero,
            });
        }

        return ended;
    }
}
