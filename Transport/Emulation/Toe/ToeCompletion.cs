using ActorStack.Transport.Engines;
using ActorStack.Transport.State;

namespace ActorStack.Transport.Emulation.Toe;

/// <summary>Device to host.</summary>
/// <param name="Record">With <see cref="ToeCompletionKind.Terminated"/>: the serialized record.</param>
/// <param name="Payload">Beside it: the payload that the record names.</param>
internal readonly record struct ToeCompletion(
    ToeCompletionKind Kind,
    EngineHandle Handle,
    ReadOnlyMemory<byte> Record = default,
    ConnectionPayload? Payload = null,
    RefusalReason Refusal = default,
    UploadReason Upload = default,
    string Detail = "",
    Exception? Error = null);
