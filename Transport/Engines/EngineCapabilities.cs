using ActorStack.Transport.State;

namespace ActorStack.Transport.Engines;

/// <summary>The number of connections that an engine can run, and the fields of the record that it keeps.</summary>
/// <param name="Capacity">Connections at once.</param>
/// <param name="Ledger">Fields it cannot keep exactly.</param>
public sealed record EngineCapabilities(int Capacity, FidelityLedger Ledger);
