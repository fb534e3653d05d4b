namespace ActorStack.TestKit;

/// <summary>What a piece of code allocates.</summary>
public static class Allocations
{
    /// <summary>
    /// Bytes a step on this thread, over <paramref name="steps"/> steps. A collection that another thread triggers ends this thread's
    /// allocation context early and counts its rest, up to 8 KB: many steps make that small against one object a step, 24 bytes.
    /// </summary>
    public static double EachStep(int steps, Action run)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        run();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)steps;
    }
}
