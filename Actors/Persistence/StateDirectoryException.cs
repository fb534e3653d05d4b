namespace ActorStack.Actors.Persistence;

/// <summary>The state directory cannot be used.</summary>
/// <param name="problem">The problem.</param>
/// <param name="advice">The advice that solves it.</param>
/// <param name="inner">The failure of the file system.</param>
public sealed class StateDirectoryException(string problem, string advice, Exception inner)
    : Exception($"{problem} {advice}", inner)
{
    /// <summary>The sentence that names the problem.</summary>
    public string Problem => problem;

    /// <summary>The sentence that says how to solve it.</summary>
    public string Advice => advice;
}
