using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Connections;

/// <summary>A SYN was answered with this sequence number before it was admitted.</summary>
/// <param name="Iss">The initial sequence number.</param>
/// <param name="Acknowledgment">The options of the segment that acknowledged it.</param>
internal sealed record SynCookie(SequenceNumber Iss, TcpOptions Acknowledgment);
