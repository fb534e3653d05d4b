using ActorStack.Actors.Connections;

namespace ActorStack.Actors.Migration.Handoff;

/// <summary>A connection that left this node, and whose segments this node forwards.</summary>
/// <param name="Epoch">The epoch of the node to which this node handed the connection.</param>
/// <param name="Node">The node to which segments are forwarded: that one, or one that has the connection since.</param>
/// <param name="Entry">The connection as it was here.</param>
/// <param name="Loop">The loop of the flow.</param>
internal sealed record ForwardedConnection(long Epoch, string Node, FlowEntry Entry, LoopContext Loop);
