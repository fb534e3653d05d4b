using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Handshake;

/// <summary>How a SYN with a Fast Open option is answered.</summary>
/// <param name="TakesPayload">The cookie was good: the application gets the payload before the handshake ends.</param>
/// <param name="Cookie">Granted with the SYN,ACK; null: none is.</param>
public readonly record struct FastOpenAnswer(bool TakesPayload, FastOpenCookie? Cookie);
