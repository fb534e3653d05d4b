namespace ActorStack.Actors.Persistence;

/// <summary>The state directory cannot be used.</summary>
/// <param name="problem">What is wrong.</param>
/// <param name="advice">What to do about it.</param>
/// <param name="inner">The failure of the file system.</param>
public sealed class StateDirectoryException(string problem, string advice, Exception inner)
    : Exception($"{problem} {advice}", inner)
{
    /// <summary>The sentence that says what is wrong.</summary>
    public string Problem => problem;

    /// <summary>The sentence that says what to do.</summary>
    public string Advice => advice;
}
