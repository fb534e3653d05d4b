namespace ActorStack.Actors.Persistence;

/// <summary>One event in a connection's life.</summary>
public interface IConnectionEvent : IActorStackMessage
{
    /// <summary>When it happened.</summary>
    DateTimeOffset At { get; }
}
