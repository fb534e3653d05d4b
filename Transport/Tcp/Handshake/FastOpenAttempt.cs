using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Handshake;

/// <summary>An open with Fast Open.</summary>
/// <param name="Cookie">The destination's; empty: the SYN asks for one.</param>
/// <param name="MaximumSegmentSize">The MSS that the destination announced when it granted the cookie, bytes; 0: unknown.</param>
public readonly record struct FastOpenAttempt(FastOpenCookie Cookie, ushort MaximumSegmentSize);
