using ActorStack.Transport.Engines;
using ActorStack.Transport.Host;

namespace ActorStack.Actors.Connections;

/// <summary>
/// The connection's actor answers for the flow: by the software stack, or by holding what arrives during a move.
/// </summary>
internal sealed class ActorOwner(FlowEntry entry, long epoch) : FlowOwner(FlowOwnerKind.Software, epoch)
{
    public FlowEntry Entry => entry;

    public override string ToString() => Owner.Software.ToString();
}
