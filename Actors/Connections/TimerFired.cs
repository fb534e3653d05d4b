using Akka.Actor;
using Akka.Event;

namespace ActorStack.Actors.Connections;

/// <summary>To the owner of a timer on the stack's wheel. It may come late or for nothing: look at the clock.</summary>
internal sealed class TimerFired : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    private TimerFired()
    {
    }

    public static TimerFired Instance { get; } = new();
}
