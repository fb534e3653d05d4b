using ActorStack.Actors.Cluster.Directory;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Support.Cluster;

internal static class FlowDirectoryTestExtensions
{
    /// <summary>The answer of the directory, as a task.</summary>
    public static Task<FlowLookup> FindAsync(this IFlowDirectory directory, FlowKey flow)
    {
        var result = new TaskCompletionSource<FlowLookup>();
        directory.Find(flow, (_, lookup) => result.SetResult(lookup));
        return result.Task;
    }
}
