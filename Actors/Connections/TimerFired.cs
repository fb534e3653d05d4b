using Akka.Actor;
using Akka.Event;

namespace ActorStack.Actors.Connections;

/// <summary>
/// Tells the owner of a timer on the loop's wheel that the timer has fired. It may arrive late or after a cancellation, so the
/// owner compares with the clock.
/// </summary>
internal sealed class TimerFired : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    private TimerFired()
    {
    }

    public static TimerFired Instance { get; } = new();
}
