using ActorStack.Transport.State;

namespace ActorStack.Transport.Engines;

/// <summary>What an engine can run at once and which fields of the record it keeps.</summary>
/// <param name="Capacity">Connections at once.</param>
/// <param name="Ledger">Fields it cannot keep exactly.</param>
public sealed record EngineCapabilities(int Capacity, FidelityLedger Ledger);
