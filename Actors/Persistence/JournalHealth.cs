namespace ActorStack.Actors.Persistence;

/// <summary>Whether the journal of a stack takes writes. Written by the stack, read by anyone.</summary>
public sealed class JournalHealth
{
    private volatile StorageProblem? _problem;

    /// <summary>What keeps the journal from taking writes; null: it takes them, as far as is known.</summary>
    public StorageProblem? Problem
    {
        get => _problem;
        internal set => _problem = value;
    }
}
