namespace ActorStack.CommandLine.Serve;

/// <summary>The memory of the service, in bytes.</summary>
/// <param name="Heap">The size of the managed objects.</param>
/// <param name="WorkingSet">The resident memory of the process.</param>
internal sealed record MemoryReport(long Heap, long WorkingSet)
{
    /// <summary>Reports the memory after the last garbage collection, without a new one.</summary>
    public static MemoryReport Look()
    {
        var last = GC.GetGCMemoryInfo();
        return new MemoryReport(last.HeapSizeBytes - last.FragmentedBytes, Environment.WorkingSet);
    }

    /// <summary>Reports the memory after a full garbage collection.</summary>
    public static MemoryReport Take()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return new MemoryReport(GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
    }
}
