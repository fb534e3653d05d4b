namespace ActorStack.Actors.Persistence;

/// <summary>The state directory cannot be used.</summary>
/// <param name="advice">What to do about it.</param>
public sealed class StateDirectoryException(string message, string advice, Exception inner) : Exception($"{message} {advice}", inner)
{
    public string Advice => advice;
}
