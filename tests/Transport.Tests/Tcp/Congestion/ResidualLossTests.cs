using ActorStack.Transport.Tcp.Congestion;

namespace ActorStack.Transport.Tests.Tcp.Congestion;

public sealed class ResidualLossTests
{
    private const long Segment = 1_000;
    private const long Enough = 100 * Segment;
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(40);

    private long _delivered;

    [Fact]
    public void Until_something_is_known_it_is_the_most_that_is_believed() => Assert.Equal(0.05, new ResidualLoss().Value);

    [Fact]
    public void What_is_lost_while_no_queue_stands_is_the_paths_own()
    {
        var loss = new ResidualLoss();
        Measure(ref loss, lostSegments: 30, waited: TimeSpan.FromMilliseconds(1));
        Assert.InRange(loss.Value, 0.028, 0.03);
    }

    [Fact]
    public void What_is_lost_behind_a_queue_is_not()
    {
        var loss = new ResidualLoss();
        Measure(ref loss, lostSegments: 30, waited: TimeSpan.FromMilliseconds(2));
        Assert.Equal(0, loss.Value);
    }

    [Fact]
    public void The_wait_for_the_senders_own_burst_is_no_queue()
    {
        var loss = new ResidualLoss();
        Measure(ref loss, lostSegments: 30, waited: TimeSpan.FromMilliseconds(2), burst: TimeSpan.FromMilliseconds(1));
        Assert.InRange(loss.Value, 0.028, 0.03);
    }

    [Fact]
    public void The_lower_of_the_last_two_times_counts()
    {
        var loss = new ResidualLoss();
        Measure(ref loss, lostSegments: 10, waited: TimeSpan.Zero);
        Measure(ref loss, lostSegments: 40, waited: TimeSpan.Zero);
        Assert.InRange(loss.Value, 0.009, 0.01);
        Measure(ref loss, lostSegments: 30, waited: TimeSpan.Zero);
        Assert.InRange(loss.Value, 0.028, 0.03);
    }

    [Fact]
    public void No_more_than_a_twentieth_is_believed()
    {
        var loss = new ResidualLoss();
        Measure(ref loss, lostSegments: 300, waited: TimeSpan.Zero);
        Assert.Equal(0.05, loss.Value);
    }

    [Fact]
    public void Too_little_tells_nothing_and_what_was_known_stays()
    {
        var loss = new ResidualLoss();
        MeasureLittle(ref loss);
        Assert.Equal(0, loss.Value);
        Measure(ref loss, lostSegments: 30, waited: TimeSpan.Zero);
        Measure(ref loss, lostSegments: 30, waited: TimeSpan.Zero);
        MeasureLittle(ref loss);
        Assert.InRange(loss.Value, 0.028, 0.03);
    }

    [Theory]
    [InlineData(10, 1)]
    [InlineData(100, 9.47)]
    [InlineData(1_000, 64.14)]
    public void Chance_takes_two_standard_deviations_more_than_the_mean_and_a_tenth_of_a_few(int segments, double likely) =>
        Assert.Equal(likely, new ResidualLoss().Likely(segments * Segment, Segment) / Segment, 0.3);

    private void MeasureLittle(ref ResidualLoss loss)
    {
        loss.Begin(Sample(TimeSpan.Zero));
        _delivered += Enough / 2;
        loss.OnAcknowledged(Sample(TimeSpan.Zero), 20 * Segment, TimeSpan.Zero);
        loss.End(Sample(TimeSpan.Zero), Enough);
    }

    private void Measure(ref ResidualLoss loss, int lostSegments, TimeSpan waited, TimeSpan burst = default)
    {
        loss.Begin(Sample(TimeSpan.Zero));
        for (var i = 0; i < 1_000; i++)
        {
            _delivered += Segment;
            loss.OnAcknowledged(Sample(waited), i < lostSegments ? Segment : 0, burst);
        }

        loss.End(Sample(TimeSpan.Zero), Enough);
    }

    private AcknowledgmentSample Sample(TimeSpan waited) => new()
    {
        TotalDelivered = _delivered,
        RoundTrip = Shortest + waited,
        MinimumRoundTrip = Shortest,
    };
}
