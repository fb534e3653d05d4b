using ActorStack.Tests.Common;
using ActorStack.Transport.Tcp.Timers;

namespace ActorStack.Transport.Tests.Tcp.Recovery;

/// <summary>RFC 8985 section 6.2: the least round trip of the last minutes, against all that was measured.</summary>
public sealed class WindowedMinimumTests
{
    [Fact]
    [Rfc(8985, "6.2")]
    public void It_is_one_of_the_last_window_and_no_larger_than_any_of_the_last_half()
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            var random = new Random(seed);
            var now = TimeSpan.FromSeconds(random.Next(1000));
            List<(TimeSpan At, TimeSpan Value)> samples = [(now, Sample(random))];
            var minimum = default(WindowedMinimum);
            minimum.Start(samples[0].Value, now);
            for (var step = 0; step < 300; step++)
            {
                now += TimeSpan.FromSeconds(random.Next(random.Next(20) == 0 ? 500 : 20));
                samples.Add((now, Sample(random)));
                minimum.Add(samples[^1].Value, now);
                Assert.True(minimum.Value <= Least(samples, now - WindowedMinimum.Half),
                    $"seed {seed}, step {step}: a sample of the last half is less");
                Assert.True(minimum.Value >= Least(samples, now - 2 * WindowedMinimum.Half),
                    $"seed {seed}, step {step}: it is older than the window");
            }
        }
    }

    private static TimeSpan Sample(Random random) => TimeSpan.FromMilliseconds(random.Next(1, 100_000));

    private static TimeSpan Least(List<(TimeSpan At, TimeSpan Value)> samples, TimeSpan since) =>
        samples.Where(sample => sample.At >= since).Min(sample => sample.Value);
}
