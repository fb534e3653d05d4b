using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Cluster.Directory;

/// <summary>
/// Tells which node owns a flow. It is a hint, because it is soft state that the owners announce: the epochs of the handoff
/// decide who may emit. Any thread may use it.
/// </summary>
internal interface IFlowDirectory : IDisposable
{
    /// <summary>
    /// Segments of a flow are for this node from now on. The other nodes learn of it within some 20 ms. An earlier announcement
    /// of this node is replaced, and of two nodes the higher rank wins.
    /// </summary>
    /// <param name="flow">The flow.</param>
    /// <param name="epoch">The epoch of the connection, or one of the lower ranks of <see cref="FlowRank"/>.</param>
    void Announce(in FlowKey flow, long epoch);

    /// <summary>Segments of a flow are not for this node any more. A flow that it did not announce is ignored.</summary>
    void Withdraw(in FlowKey flow);

    /// <summary>
    /// Finds the owner of a flow, within a second, also where nobody answers.
    /// </summary>
    /// <param name="flow">The flow.</param>
    /// <param name="answered">
    /// Called once, with the answer, on any thread, before or after the return of this call. It must return at once.
    /// </param>
    void Find(in FlowKey flow, Action<FlowKey, FlowLookup> answered);

    /// <summary>
    /// Asks every node whether it has the flow. A node knows its own flows for certain, whatever was announced. The answer that
    /// no node has it is settled only where every node has said so, also where announcements are late or were lost.
    /// </summary>
    /// <param name="flow">The flow.</param>
    /// <param name="answered">As in <see cref="Find"/>.</param>
    void Confirm(in FlowKey flow, Action<FlowKey, FlowLookup> answered);
}
