namespace ActorStack.Actors.Persistence;

/// <summary>Tells whether the journal of a stack takes writes. The stack writes it; any thread may read it.</summary>
public sealed class JournalHealth
{
    private volatile StorageProblem? _problem;

    /// <summary>The cause for which the journal takes no writes; null where none is known.</summary>
    public StorageProblem? Problem
    {
        get => _problem;
        internal set => _problem = value;
    }
}
