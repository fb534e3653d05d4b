namespace ActorStack.Transport.Emulation.Toe;

/// <summary>Host to device.</summary>
/// <param name="Kind">What the device is to do.</param>
/// <param name="Pair">The rings of the connection.</param>
/// <param name="Record">With <see cref="ToeCommandKind.Initiate"/>: the serialized record.</param>
/// <param name="Payload">Beside it: the payload that the record names, in chunks.</param>
internal readonly record struct ToeCommand(
    ToeCommandKind Kind, QueuePair Pair, ReadOnlyMemory<byte> Record = default, IReadOnlyList<byte[]>? Payload = null);
