using ActorStack.Transport.Wire;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>The order to open a connection, kept until the connection's actor takes it.</summary>
/// <param name="Requester">Gets <see cref="StackProtocol.Connected"/> or <see cref="StackProtocol.ConnectFailed"/>.</param>
/// <param name="Iss">The initial sequence number that continues the previous incarnation of the flow (RFC 6191); null where any
/// is allowed.</param>
/// <param name="FirstData">Payload to send as early as possible, in the SYN where Fast Open permits it.</param>
/// <param name="State">The state of the application that serves the connection; null: the requester serves it.</param>
/// <param name="Cancellation">Cancels the attempt.</param>
internal sealed record ActiveOpen(
    IActorRef Requester, SequenceNumber? Iss, ReadOnlyMemory<byte> FirstData, ReadOnlyMemory<byte>? State,
    CancellationToken Cancellation);
