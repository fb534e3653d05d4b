using System.Globalization;
using ActorStack.Tests.Common;
using ActorStack.Transport.Linux;

namespace ActorStack.Transport.Tests.Linux;

public sealed class BootTimeProviderTests
{
    private static readonly BootTimeProvider Clock = BootTimeProvider.Instance;

    [LinuxFact]
    public void The_clock_is_the_one_that_the_kernel_calls_uptime()
    {
        var before = Uptime();
        var now = (double)Clock.GetTimestamp() / Clock.TimestampFrequency;
        Assert.InRange(now, before - 0.01, Uptime() + 0.01);
    }

    [Fact]
    public void The_clock_never_goes_back()
    {
        var last = Clock.GetTimestamp();
        for (var i = 0; i < 10_000; i++)
        {
            var now = Clock.GetTimestamp();
            Assert.True(now >= last);
            last = now;
        }
    }

    [Fact]
    public void Reading_the_clock_allocates_nothing() => Assert.Equal(0, Allocations.Least(() => Clock.GetTimestamp()));

    /// <summary>The first number of proc(5)'s uptime, in hundredths of a second: CLOCK_BOOTTIME.</summary>
    private static double Uptime() =>
        double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
}
