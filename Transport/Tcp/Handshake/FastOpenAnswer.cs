using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Handshake;

/// <summary>How a SYN with a Fast Open option is answered.</summary>
/// <param name="TakesPayload">Its cookie was good: its text is the application's before the handshake's end.</param>
/// <param name="Cookie">Granted with the SYN,ACK; null: none is.</param>
public readonly record struct FastOpenAnswer(bool TakesPayload, FastOpenCookie? Cookie);
