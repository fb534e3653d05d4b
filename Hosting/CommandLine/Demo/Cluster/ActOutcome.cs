using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Traffic;

namespace ActorStack.CommandLine.Demo.Cluster;

/// <summary>The result of what happened to the nodes while a crowd of connections was at work.</summary>
/// <param name="Name">What happened.</param>
/// <param name="Lost">The connections that one node alone held when it was lost.</param>
/// <param name="Crowd">What the clients saw.</param>
/// <param name="Client">The counters of the clients' kernel.</param>
internal sealed record ActOutcome(string Name, int Lost, CrowdResult Crowd, KernelCounters Client)
{
    /// <summary>Whether no connection failed but those of the lost node, which all ended, and no stray segment came.</summary>
    public bool Succeeded => Crowd.Failed == Lost && Client.ResetsSent == 0;
}
