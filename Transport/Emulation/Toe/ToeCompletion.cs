using ActorStack.Transport.Engines;

namespace ActorStack.Transport.Emulation.Toe;

/// <summary>Device to host.</summary>
/// <param name="Record">With <see cref="ToeCompletionKind.Terminated"/>: the serialized record.</param>
internal readonly record struct ToeCompletion(
    ToeCompletionKind Kind,
    EngineHandle Handle,
    ReadOnlyMemory<byte> Record = default,
    RefusalReason Refusal = default,
    UploadReason Upload = default,
    string Detail = "",
    Exception? Error = null);
