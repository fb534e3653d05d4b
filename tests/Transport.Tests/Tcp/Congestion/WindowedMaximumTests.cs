using ActorStack.Transport.Tcp.Congestion;

namespace ActorStack.Transport.Tests.Tcp.Congestion;

public sealed class WindowedMaximumTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_is_never_below_the_newest_never_above_the_largest_and_exact_while_the_best_is_young(int seed)
    {
        const int Window = 100;
        var random = new Random(seed);
        var maximum = new WindowedMaximum();
        maximum.Reset(0, 0);
        var seen = new List<(long At, long Value)>();
        var best = (At: 0L, Value: 0L);
        for (var at = 1L; at < 5_000; at += random.Next(1, 10))
        {
            var value = random.Next(1_000);
            seen.Add((at, value));
            maximum.Add(value, at, Window);
            if (value >= best.Value || at - best.At > Window) best = (at, maximum.Value);
            var inWindow = seen.Where(sample => at - sample.At <= Window).Max(sample => sample.Value);
            Assert.True(
                maximum.Value >= value && maximum.Value <= inWindow, $"seed {seed} at {at}: {maximum.Value} of {inWindow}");
            if (best.At == at) Assert.Equal(maximum.Value, best.Value);
        }
    }

    [Fact]
    public void The_best_of_the_window_stands_until_it_is_too_old()
    {
        var maximum = new WindowedMaximum();
        maximum.Reset(50, 0);
        for (var at = 10; at <= 100; at += 10) maximum.Add(20, at, window: 100);
        Assert.Equal(50, maximum.Value);
        maximum.Add(10, 101, window: 100);
        Assert.Equal(20, maximum.Value);
    }
}
