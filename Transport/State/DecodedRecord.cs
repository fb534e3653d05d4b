namespace ActorStack.Transport.State;

/// <summary>The result of reading a record.</summary>
/// <param name="State">The state of the connection. A section that was not in the record has its defaults.</param>
/// <param name="Payload">The payload that stood in a record of version 1; null: it travels beside the record.</param>
/// <param name="Ledger">What another build wrote and this one cannot read, and what this one has and the other did not
/// write.</param>
public sealed record DecodedRecord(TcpConnectionState State, ConnectionPayload? Payload, FidelityLedger Ledger);
