using ActorStack.Transport.Tcp.Timers;

namespace ActorStack.Transport.Tests.Tcp;

public sealed class TimestampFloorTests
{
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(5);

    [Fact]
    public void What_is_older_than_the_first_timestamp_is_below()
    {
        var floor = new TimestampFloor();
        floor.Start(1000, Start);
        Assert.True(floor.IsBelow(999));
        Assert.False(floor.IsBelow(1000));
    }

    [Theory]
    [InlineData(1000u)]
    [InlineData(uint.MaxValue - 250)]
    public void It_follows_between_one_and_two_lags_behind_over_the_wrap_too(uint first)
    {
        var floor = new TimestampFloor();
        floor.Start(first, Start);
        for (var milliseconds = 1u; milliseconds <= 1000; milliseconds++)
        {
            floor.Raise(first + milliseconds, Start + TimeSpan.FromMilliseconds(milliseconds));
            if (milliseconds <= 200) continue;
            var age = unchecked(first + milliseconds - floor.Value);
            Assert.InRange(age, 100u, 200u);
            Assert.True(floor.IsBelow(unchecked(first + milliseconds - 201)));
            Assert.False(floor.IsBelow(unchecked(first + milliseconds - 100)));
        }
    }
}
