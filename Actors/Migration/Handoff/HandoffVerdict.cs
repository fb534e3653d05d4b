namespace ActorStack.Actors.Migration.Handoff;

/// <summary>What a node remembers of a connection that has no actor here: its answer to late questions.</summary>
/// <param name="Epoch">The highest epoch that the verdict is about.</param>
internal abstract record HandoffVerdict(long Epoch)
{
    /// <summary>The highest epoch with which this node had the connection; 0: none. No question asks about epoch 0.</summary>
    public abstract long Owned { get; }

    /// <summary>This node refused the epoch. It never takes the connection with this epoch or an older one.</summary>
    /// <param name="Epoch">The epoch.</param>
    /// <param name="Reason">The reason.</param>
    /// <param name="Detail">The reason as a text for people.</param>
    public sealed record Refused(long Epoch, HandoffRefusal Reason, string Detail) : HandoffVerdict(Epoch)
    {
        /// <summary>The highest epoch with which this node had the connection before; 0: none.</summary>
        public long Earlier { get; init; }

        public override long Owned => Earlier;
    }

    /// <summary>This node had the connection with this epoch. The connection has ended, or another node has it.</summary>
    public sealed record Had(long Epoch) : HandoffVerdict(Epoch)
    {
        public override long Owned => Epoch;
    }
}
