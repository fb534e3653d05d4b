using ActorStack.Transport.State;

namespace ActorStack.Transport.Engines.Emulated;

/// <summary>Device to host.</summary>
/// <param name="Record">With <see cref="ToeCompletionKind.Terminated"/>: the serialized record.</param>
/// <param name="Payload">Beside it: the payload that the record names, in chunks.</param>
/// <param name="Ledger">With <see cref="ToeCompletionKind.Initiated"/>: what the device could not read of the record.</param>
internal readonly record struct ToeCompletion(
    ToeCompletionKind Kind,
    EngineHandle Handle,
    ReadOnlyMemory<byte> Record = default,
    IReadOnlyList<byte[]>? Payload = null,
    FidelityLedger? Ledger = null,
    RefusalReason Refusal = default,
    UploadReason Upload = default,
    string Detail = "",
    Exception? Error = null);
