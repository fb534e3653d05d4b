namespace ActorStack.Actors.Tests.Connections;

/// <summary>Tests that weigh the whole process's memory: nothing else runs meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
