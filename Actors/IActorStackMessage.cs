namespace ActorStack.Actors;

/// <summary>
/// Marks what may be persisted or sent to another node; bound to <see cref="Serialization.ActorStackSerializer"/> by
/// <see cref="ActorStackReference.Config"/>.
/// </summary>
public interface IActorStackMessage;
