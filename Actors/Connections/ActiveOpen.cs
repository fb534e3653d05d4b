using ActorStack.Transport.Wire;
using Akka.Actor;

namespace ActorStack.Actors.Connections;

/// <summary>A connection to be opened waits for its actor.</summary>
/// <param name="Requester">Gets <see cref="StackProtocol.Connected"/> or <see cref="StackProtocol.ConnectFailed"/>.</param>
/// <param name="Iss">The initial sequence number, where the flow's last one settles it (RFC 6191); null: any.</param>
/// <param name="FirstData">To be sent as soon as may be.</param>
/// <param name="Cancellation">Gives up the attempt.</param>
internal sealed record ActiveOpen(IActorRef Requester, SequenceNumber? Iss, ReadOnlyMemory<byte> FirstData, CancellationToken Cancellation);
