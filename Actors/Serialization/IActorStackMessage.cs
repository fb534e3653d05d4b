namespace ActorStack.Actors.Serialization;

/// <summary>Marks what may be persisted or sent to another node; bound to <see cref="ActorStackSerializer"/>.</summary>
public interface IActorStackMessage;
