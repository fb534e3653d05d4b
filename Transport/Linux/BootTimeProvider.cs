using System.Runtime.InteropServices;

namespace ActorStack.Transport.Linux;

/// <summary>
/// A clock that also counts the time in which the machine was suspended: CLOCK_BOOTTIME of clock_gettime(2). The kernel answers
/// it without a system call. Elsewhere than on Linux it is the system's monotonic clock.
/// </summary>
public sealed partial class BootTimeProvider : TimeProvider
{
    private const int ClockBootTime = 7;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private BootTimeProvider()
    {
    }

    /// <summary>The clock.</summary>
    public static BootTimeProvider Instance { get; } = new();

    /// <inheritdoc/>
    public override long TimestampFrequency => OperatingSystem.IsLinux() ? NanosecondsPerSecond : base.TimestampFrequency;

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        if (!OperatingSystem.IsLinux()) return base.GetTimestamp();
        ReadClock(ClockBootTime, out var time);
        return time.Seconds * NanosecondsPerSecond + time.Nanoseconds;
    }

    /// <summary>It cannot fail for a clock that the kernel has had since version 2.6.39.</summary>
    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [SuppressGCTransition]
    private static partial int ReadClock(int clock, out ClockTime time);

    private readonly struct ClockTime
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
