using ActorStack.Transport.State;

namespace ActorStack.Transport.Engines;

/// <summary>The capacity of an engine, and its limits of fidelity.</summary>
/// <param name="Capacity">Connections that the engine can run at once.</param>
/// <param name="Ledger">The fields of the record that the engine cannot keep exactly.</param>
public sealed record EngineCapabilities(int Capacity, FidelityLedger Ledger);
