namespace ActorStack.Transport.State;

/// <summary>All of a connection that moves: the record and, beside it, the payload that the record names.</summary>
public sealed record ConnectionImage(TcpConnectionState State, ConnectionPayload Payload);
