namespace ActorStack.Actors.Migration.Handoff;

/// <summary>The order to prepare for a connection of another node, kept until the connection's actor takes it.</summary>
/// <param name="Node">The node that hands the connection over.</param>
/// <param name="Epoch">The epoch that this node is to have.</param>
/// <param name="Offer">The properties of the connection.</param>
internal sealed record ArrivalOrder(string Node, long Epoch, HandoffOffer Offer);
