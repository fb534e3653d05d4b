using ActorStack.Tests.Common;
using ActorStack.Transport.Timing;

namespace ActorStack.Transport.Tests.Timing;

public sealed class TimerWheelTests
{
    private const long Granularity = 100 * TimeSpan.TicksPerMicrosecond;
    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);

    private readonly TimerWheel _wheel = new();
    private readonly List<object> _expired = [];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void BehavesAsASortedListUnderRandomOperations(int seed)
    {
        var random = new Random(seed);
        var model = new SortedSet<(long Tick, int Index)>();
        var nodes = Enumerable.Range(0, 200).Select(index => new TimerNode(index)).ToArray();
        var ticks = new long[nodes.Length];
        var now = TimeSpan.Zero;

        for (var step = 0; step < 50_000; step++)
        {
            var index = random.Next(nodes.Length);
            switch (random.Next(8))
            {
                case < 5:
                    var deadline = now + RandomDelay(random);
                    model.Remove((ticks[index], index));
                    ticks[index] = Math.Max(CeilingTick(deadline), FloorTick(now));
                    model.Add((ticks[index], index));
                    _wheel.Schedule(nodes[index], deadline);
                    break;
                case < 7:
                    Assert.Equal(model.Remove((ticks[index], index)), nodes[index].IsScheduled);
                    _wheel.Cancel(nodes[index]);
                    break;
                default:
                    now += RandomDelay(random) / 4;
                    AdvanceBoth(model, ticks, now);
                    break;
            }

            Assert.Equal(model.Count, _wheel.Count);
            AssertConservative(model);
        }
    }

    [Fact]
    public void ATimerNeverExpiresEarlyAndAtMostATickLate()
    {
        for (var ticks = 1L; ticks < 3 * Granularity; ticks += 997)
        {
            var wheel = new TimerWheel();
            var count = 0;
            wheel.Schedule(new TimerNode(this), TimeSpan.FromTicks(ticks));
            wheel.Advance(TimeSpan.FromTicks(ticks - 1), _ => count++);
            Assert.Equal(0, count);
            wheel.Advance(TimeSpan.FromTicks(ticks) + new TimeSpan(Granularity), _ => count++);
            Assert.Equal(1, count);
        }
    }

    [Fact]
    public void FollowingNextDeadlineAloneReachesEveryTimer()
    {
        var random = new Random(5);
        var deadlines = Enumerable.Range(0, 500).Select(_ => RandomDelay(random)).ToArray();
        foreach (var deadline in deadlines) _wheel.Schedule(new TimerNode(deadline), deadline);

        var wakes = 0;
        for (; _wheel.NextDeadline is { } next; wakes++) _wheel.Advance(next, Expire);

        Assert.Equal(deadlines.Order(), _expired.Cast<TimeSpan>().Order());
        Assert.InRange(wakes, 1, deadlines.Length * 9);
    }

    [Fact]
    public void TimersOfOneTickExpireInTheOrderTheyWereScheduled()
    {
        for (var i = 0; i < 10; i++) _wheel.Schedule(new TimerNode(i), TimeSpan.FromMilliseconds(40));
        _wheel.Advance(TimeSpan.FromMilliseconds(40), Expire);
        Assert.Equal(Enumerable.Range(0, 10).Cast<object>(), _expired);
    }

    [Fact]
    public void ADeadlineInThePastExpiresAtTheNextAdvance()
    {
        _wheel.Advance(TimeSpan.FromSeconds(7), Expire);
        _wheel.Schedule(new TimerNode("late"), TimeSpan.FromSeconds(1));
        Assert.True(_wheel.NextDeadline <= TimeSpan.FromSeconds(7));
        _wheel.Advance(TimeSpan.FromSeconds(7), Expire);
        Assert.Equal(["late"], _expired);
    }

    [Fact]
    public void ATimerThatAlwaysRearmsItselfAtOnceDoesNotHoldTheCallerFast()
    {
        var node = new TimerNode("again");
        var count = 0;
        _wheel.Schedule(node, TimeSpan.Zero);
        for (var call = 1; call <= 3; call++)
        {
            _wheel.Advance(TimeSpan.Zero, again =>
            {
                count++;
                _wheel.Schedule(again, TimeSpan.Zero);
            });
            Assert.Equal(call, count);
        }
    }

    [Fact]
    public void ACallbackCanCancelATimerThatIsDueWithIt()
    {
        var first = new TimerNode("first");
        var second = new TimerNode("second");
        _wheel.Schedule(first, OneMillisecond);
        _wheel.Schedule(second, OneMillisecond);
        _wheel.Advance(OneMillisecond, node =>
        {
            _expired.Add(node.Owner);
            _wheel.Cancel(second);
        });
        Assert.Equal(["first"], _expired);
        Assert.Null(_wheel.NextDeadline);
    }

    [Fact]
    public void ACallbackCanPutOffATimerThatIsDueWithIt()
    {
        var second = new TimerNode("second");
        _wheel.Schedule(new TimerNode("first"), OneMillisecond);
        _wheel.Schedule(second, OneMillisecond);
        _wheel.Advance(OneMillisecond, node =>
        {
            _expired.Add(node.Owner);
            if (node != second) _wheel.Schedule(second, 5 * OneMillisecond);
        });
        Assert.Equal(["first"], _expired);
        _wheel.Advance(5 * OneMillisecond, Expire);
        Assert.Equal(["first", "second"], _expired);
    }

    [Fact]
    public void AThrowingCallbackLosesNoTimer()
    {
        for (var i = 0; i < 3; i++) _wheel.Schedule(new TimerNode(i), OneMillisecond);
        Assert.Throws<InvalidOperationException>(
            () => _wheel.Advance(OneMillisecond, _ => throw new InvalidOperationException()));
        Assert.Equal(2, _wheel.Count);
        Assert.Equal(OneMillisecond, _wheel.NextDeadline);
        _wheel.Advance(OneMillisecond, Expire);
        Assert.Equal([1, 2], _expired);
    }

    [Fact]
    public void TheLongestTimeSpanHasItsPlace()
    {
        var node = new TimerNode("never");
        _wheel.Schedule(node, TimeSpan.MaxValue);
        _wheel.Advance(TimeSpan.FromDays(365_000), Expire);
        Assert.Empty(_expired);
        Assert.True(node.IsScheduled);
        Assert.NotNull(_wheel.NextDeadline);
    }

    [Fact]
    public void NoOperationAllocates()
    {
        var nodes = Enumerable.Range(0, 64).Select(index => new TimerNode(index)).ToArray();
        var count = 0;
        Action<TimerNode> expired = _ => count++;
        var random = new Random(9);
        var now = TimeSpan.Zero;
        Churn(1_000);
        Assert.Equal(0, Allocations.Least(() => Churn(100_000)));
        Assert.True(count > 1_000);

        void Churn(int steps)
        {
            for (var i = 0; i < steps; i++)
            {
                _wheel.Schedule(nodes[random.Next(nodes.Length)], now + TimeSpan.FromMilliseconds(random.Next(5_000)));
                _wheel.Cancel(nodes[random.Next(nodes.Length)]);
                if (i % 8 == 0) _wheel.Advance(now += TimeSpan.FromMilliseconds(random.Next(200)), expired);
            }
        }
    }

    private void AdvanceBoth(SortedSet<(long Tick, int Index)> model, long[] ticks, TimeSpan now)
    {
        var nowTick = FloorTick(now);
        var due = model.TakeWhile(entry => entry.Tick <= nowTick).ToArray();
        foreach (var entry in due) model.Remove(entry);

        _expired.Clear();
        _wheel.Advance(now, Expire);
        var expired = _expired.Select(index => (ticks[(int)index], (int)index)).ToArray();
        Assert.Equal(due.Select(entry => entry.Tick), expired.Select(entry => entry.Item1));
        Assert.Equal(due, expired.Order());
    }

    private void AssertConservative(SortedSet<(long Tick, int Index)> model)
    {
        if (model.Count == 0) Assert.Null(_wheel.NextDeadline);
        else Assert.True(_wheel.NextDeadline <= new TimeSpan(model.Min.Tick * Granularity));
    }

    private void Expire(TimerNode node) => _expired.Add(node.Owner);

    private static long FloorTick(TimeSpan time) => time.Ticks / Granularity;

    private static long CeilingTick(TimeSpan time) => (time.Ticks + Granularity - 1) / Granularity;

    /// <summary>Delays of all magnitudes, from 100 ns to a year, some of them 0.</summary>
    private static TimeSpan RandomDelay(Random random) => random.Next(10) == 0
        ? TimeSpan.Zero
        : TimeSpan.FromTicks((long)Math.Pow(10, random.NextDouble() * 14.5));
}
