using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Serve;

namespace ActorStack.CommandLine.Bench.Drills;

/// <summary>Looks at the service's memory while something goes on, and keeps the most.</summary>
internal static class MemoryWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    public static async Task<MemoryReport> PeakAsync(Laboratory lab, Task during, CancellationToken cancellation)
    {
        var peak = await lab.LookAtMemoryAsync(cancellation);
        while (await Task.WhenAny(during, Task.Delay(Interval, cancellation)) != during)
        {
            var now = await lab.LookAtMemoryAsync(cancellation);
            peak = new MemoryReport(Math.Max(peak.Heap, now.Heap), Math.Max(peak.WorkingSet, now.WorkingSet));
        }

        return peak;
    }
}
