namespace ActorStack.Actors.Persistence;

/// <summary>The state directory cannot be used.</summary>
/// <param name="problem">What is wrong.</param>
/// <param name="advice">What to do about it.</param>
public sealed class StateDirectoryException(string problem, string advice, Exception inner)
    : Exception($"{problem} {advice}", inner)
{
    public string Problem => problem;

    public string Advice => advice;
}
