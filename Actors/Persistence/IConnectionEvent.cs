namespace ActorStack.Actors.Persistence;

/// <summary>One event in a connection's life.</summary>
public interface IConnectionEvent : IActorStackMessage
{
    /// <summary>The time of the event.</summary>
    DateTimeOffset At { get; }
}
