namespace ActorStack.CommandLine.Serve;

/// <summary>Memory of the service, bytes.</summary>
/// <param name="Heap">What managed objects take.</param>
/// <param name="WorkingSet">What the process takes of the machine's memory.</param>
internal sealed record MemoryReport(long Heap, long WorkingSet)
{
    /// <summary>As the last collection left it, without another.</summary>
    public static MemoryReport Look()
    {
        var last = GC.GetGCMemoryInfo();
        return new MemoryReport(last.HeapSizeBytes - last.FragmentedBytes, Environment.WorkingSet);
    }

    /// <summary>After a full collection.</summary>
    public static MemoryReport Take()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return new MemoryReport(GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
    }
}
