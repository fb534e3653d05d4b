namespace ActorStack.Tests.Common;

/// <summary>What a piece of code allocates.</summary>
public static class Allocations
{
    private const int Measurements = 5;

    /// <summary>
    /// Bytes that a run allocates on this thread: the least of some runs. A collection that another thread triggers ends this
    /// thread's allocation context early and counts its rest, up to 8 KB, though nothing was allocated; what the code allocates
    /// is in every run.
    /// </summary>
    public static long Least(Action run)
    {
        var least = long.MaxValue;
        for (var measurement = 0; measurement < Measurements && least > 0; measurement++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            run();
            least = long.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
