namespace ActorStack.Actors.Persistence;

/// <summary>What the journal holds of a stack.</summary>
public static class StackEvents
{
    /// <summary>The service started for the <paramref name="Boot"/>th time with this state directory; counts from 1.</summary>
    public sealed record Started(long Boot, DateTimeOffset At) : IActorStackMessage;
}
