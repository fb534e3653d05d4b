namespace ActorStack.Hosting.Tests.Support;

/// <summary>Tests that put their own in the place of the process's console: no other test runs meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ConsoleCollection
{
    public const string Name = "console";
}
