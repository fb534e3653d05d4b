namespace ActorStack.CommandLine.Serve;

/// <summary>Memory of the service after a full collection, bytes.</summary>
/// <param name="Heap">What managed objects take.</param>
/// <param name="WorkingSet">What the process takes of the machine's memory.</param>
internal sealed record MemoryReport(long Heap, long WorkingSet)
{
    public static MemoryReport Take()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return new MemoryReport(GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
    }
}
