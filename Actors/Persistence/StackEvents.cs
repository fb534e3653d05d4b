namespace ActorStack.Actors.Persistence;

/// <summary>The events of a stack in the journal.</summary>
public static class StackEvents
{
    /// <summary>The service started for the <paramref name="Boot"/>th time with this state directory, counted from 1.</summary>
    public sealed record Started(long Boot, DateTimeOffset At) : IActorStackMessage;
}
