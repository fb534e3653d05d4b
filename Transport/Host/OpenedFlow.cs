using System.Net.Sockets;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>The answer of <see cref="TcpHost.Open"/>.</summary>
/// <param name="Flow">The new flow; null where there is none, and <paramref name="Error"/> says why.</param>
/// <param name="Iss">The initial sequence number, where the flow's last connection settles it (RFC 6191); null: any.</param>
/// <param name="Error">The error that connect(2) would report.</param>
/// <param name="Message">A sentence that says what to do; empty where a flow was opened.</param>
public readonly record struct OpenedFlow(Flow? Flow, SequenceNumber? Iss, SocketError Error, string Message)
{
    internal static OpenedFlow Failed(SocketError error, string message) => new(null, null, error, message);
}
