using ActorStack.Actors;

namespace ActorStack.Hosting;

/// <summary>The stack could not do what it was asked; the message says why.</summary>
public sealed class ActorStackException(FailureCode code, string message) : Exception(message)
{
    public FailureCode Code => code;
}
