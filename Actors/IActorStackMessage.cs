namespace ActorStack.Actors;

/// <summary>
/// Marks types that may be persisted or sent to another node. <see cref="ActorStackReference.Config"/> binds them to
/// <see cref="Serialization.ActorStackSerializer"/>.
/// </summary>
public interface IActorStackMessage;
