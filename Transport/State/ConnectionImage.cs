using System.Buffers;

namespace ActorStack.Transport.State;

/// <summary>All of a connection that moves: the record and, beside it, the payload that the record names.</summary>
/// <param name="State">The record.</param>
/// <param name="Payload">The payload of its queues.</param>
public sealed record ConnectionImage(TcpConnectionState State, ConnectionPayload Payload)
{
    /// <summary>The same connection with payload that arrived in order and that the application has not read.</summary>
    public ConnectionImage WithUndelivered(in ReadOnlySequence<byte> bytes) => new(
        State with { Queues = State.Queues with { UndeliveredLength = (int)bytes.Length } },
        Payload with { Undelivered = bytes });
}
