namespace ActorStack.Actors.Persistence;

/// <summary>One event as a row of the journal.</summary>
/// <param name="PersistenceId">The persistent actor that wrote it.</param>
/// <param name="SequenceNr">Its number in the history of that actor, from 1.</param>
/// <param name="Payload">The event, serialized.</param>
/// <param name="Manifest">The manifest of its serializer.</param>
/// <param name="SerializerId">The identifier of its serializer.</param>
/// <param name="Writer">Akka's id of the incarnation of the actor that wrote it.</param>
/// <param name="CreatedAt">The time at which it was written, in ticks of UTC.</param>
internal sealed record StoredEvent(
    string PersistenceId, long SequenceNr, byte[] Payload, string Manifest, int SerializerId, string Writer, long CreatedAt);
