using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Cluster.Directory;

/// <summary>
/// Tells which node owns a flow. It is a hint, because it is soft state that the owners announce: the epochs of the handoff
/// decide who may emit. Any thread may use it.
/// </summary>
internal interface IFlowDirectory
{
    /// <summary>This node owns a flow from now on, with this epoch. The other nodes learn of it within some 20 ms.</summary>
    void Announce(in FlowKey flow, long epoch);

    /// <summary>This node does not own a flow any more that it had with this epoch or an older one.</summary>
    void Withdraw(in FlowKey flow, long epoch);

    /// <summary>Finds the owner of a flow. It never fails and ends within a second, also where nobody answers.</summary>
    ValueTask<FlowLookup> FindAsync(FlowKey flow);
}
