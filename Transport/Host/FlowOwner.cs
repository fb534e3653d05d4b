namespace ActorStack.Transport.Host;

/// <summary>
/// The owner of a flow, a sum type over <see cref="FlowOwnerKind"/>. Whoever runs connections derives from it: the host itself
/// only has to know which kind of owner segments are for.
/// </summary>
/// <param name="kind">Says which case it is.</param>
/// <param name="epoch">The counter of ownership with which this owner took the flow; 0 before the first migration.</param>
public abstract class FlowOwner(FlowOwnerKind kind, long epoch)
{
    /// <summary>Which case of the sum type this is.</summary>
    public FlowOwnerKind Kind => kind;

    /// <summary>The counter of ownership with which this owner took the flow; every migration raises it.</summary>
    public long Epoch => epoch;

    /// <summary>The owner's name as people read it, e.g. <c>software</c> or <c>kernel</c>.</summary>
    public abstract override string ToString();
}
