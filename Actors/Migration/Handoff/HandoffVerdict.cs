namespace ActorStack.Actors.Migration.Handoff;

/// <summary>What a node remembers of a connection that has no actor here: its answer to late questions.</summary>
/// <param name="Epoch">The highest epoch that the verdict is about.</param>
internal abstract record HandoffVerdict(long Epoch)
{
    /// <summary>This node refused the epoch. It never takes the connection with this epoch or an older one.</summary>
    public sealed record Refused(long Epoch, HandoffRefusal Reason, string Detail) : HandoffVerdict(Epoch);

    /// <summary>This node had the connection with this epoch. The connection has ended, or another node has it.</summary>
    public sealed record Had(long Epoch) : HandoffVerdict(Epoch);
}
