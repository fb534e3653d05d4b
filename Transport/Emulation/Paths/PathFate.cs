namespace ActorStack.Transport.Emulation.Paths;

/// <summary>
/// What a <see cref="PathModel"/> decided of one packet; only <see cref="Outcome"/> counts where it is not delivered.
/// </summary>
/// <param name="Outcome">Whether it is delivered, lost, or dropped by the queue.</param>
/// <param name="At">When it arrives.</param>
/// <param name="IsReordered">It is held back, and those behind it pass.</param>
/// <param name="IsMarked">It is given the codepoint CE.</param>
/// <param name="IsDuplicated">It arrives twice.</param>
/// <param name="CorruptBit">The bit that is flipped, counted from the packet's first; -1: none.</param>
internal readonly record struct PathFate(
    PathOutcome Outcome, TimeSpan At, bool IsReordered, bool IsMarked, bool IsDuplicated, int CorruptBit)
{
    public static PathFate Lost { get; } = new(PathOutcome.Lost, default, false, false, false, -1);

    public static PathFate QueueDropped { get; } = Lost with { Outcome = PathOutcome.QueueDropped };

    public bool IsDelivered => Outcome == PathOutcome.Delivered;
}
