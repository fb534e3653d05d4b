using ActorStack.Transport.Engines;
using ActorStack.Transport.Host;

namespace ActorStack.Actors.Connections;

/// <summary>
/// Owner of a flow whose segments go to the connection's actor. The actor runs the software stack, or holds the segments during
/// a move.
/// </summary>
internal sealed class ActorOwner(FlowEntry entry, long epoch) : FlowOwner(FlowOwnerKind.Software, epoch)
{
    public FlowEntry Entry => entry;

    public override string ToString() => Owner.Software.ToString();
}
