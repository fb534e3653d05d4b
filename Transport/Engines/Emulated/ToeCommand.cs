namespace ActorStack.Transport.Engines.Emulated;

/// <summary>Host to device.</summary>
/// <param name="Record">With <see cref="ToeCommandKind.Initiate"/>: the serialized record.</param>
internal readonly record struct ToeCommand(ToeCommandKind Kind, QueuePair Pair, ReadOnlyMemory<byte> Record = default);
