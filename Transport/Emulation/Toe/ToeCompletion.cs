using ActorStack.Transport.Engines;
using ActorStack.Transport.State;

namespace ActorStack.Transport.Emulation.Toe;

/// <summary>Device to host.</summary>
/// <param name="Kind">What the device has done, or wants.</param>
/// <param name="Handle">The connection.</param>
/// <param name="Record">With <see cref="ToeCompletionKind.Terminated"/>: the serialized record.</param>
/// <param name="Payload">Beside it: the payload that the record names, in chunks.</param>
/// <param name="Ledger">With <see cref="ToeCompletionKind.Initiated"/>: what the device could not read of the record.</param>
/// <param name="Refusal">With <see cref="ToeCompletionKind.Refused"/>: why.</param>
/// <param name="Upload">With <see cref="ToeCompletionKind.UploadRequested"/>: why.</param>
/// <param name="Detail">More about that, for people.</param>
/// <param name="Error">With <see cref="ToeCompletionKind.Aborted"/>: why; else null.</param>
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
