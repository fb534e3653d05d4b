using ActorStack.Actors.Cluster.Balance;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;

namespace ActorStack.Actors.Cluster;

/// <summary>Which connections leave a node, and where they go.</summary>
/// <param name="Targets">Chooses the nodes.</param>
/// <param name="Trigger">The cause, for the records of the handoffs.</param>
/// <param name="Most">The most connections that leave.</param>
/// <param name="Limit">The time after which no further connection is moved.</param>
internal sealed record EvacuationOrder(IHandoffTargets Targets, MigrationTrigger Trigger, long Most, TimeSpan Limit)
{
    /// <summary>All connections leave, also those that cannot: they are reported with the reason.</summary>
    public static EvacuationOrder Drain(StackShared stack, string? only, TimeSpan limit) => new(
        new EvacuationTargets(stack.Cluster!, stack.Forwarder, only), MigrationTrigger.Evacuation.Instance, long.MaxValue, limit);

    /// <summary>As many connections leave as the nodes are to get.</summary>
    public static EvacuationOrder Give(StackShared stack, IReadOnlyDictionary<string, long> gifts, TimeSpan limit) => new(
        new BalanceTargets(gifts, stack.Forwarder), MigrationTrigger.Balance.Instance, gifts.Values.Sum(), limit);

    /// <summary>The connection may be among those that leave.</summary>
    public bool Takes(FlowEntry entry) => Trigger is MigrationTrigger.Evacuation || entry.Service.IsMovable;
}
