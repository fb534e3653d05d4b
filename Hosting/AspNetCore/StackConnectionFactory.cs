using System.Net;
using ActorStack.Hosting;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.AspNetCore;

/// <summary>Opens connections from the stack's addresses.</summary>
internal sealed class StackConnectionFactory(IActorStack stack) : IConnectionFactory
{
    /// <exception cref="NotSupportedException">The end point is no IP address and port.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The connection could not be opened.</exception>
    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (endpoint is not IPEndPoint remote)
        {
            throw new NotSupportedException(
                $"A connection of the stack goes to an {nameof(IPEndPoint)}, not to a {endpoint?.GetType().Name ?? "null"}: "
                + "resolve the name first, for example by Dns.GetHostAddressesAsync.");
        }

        var connection = await stack.ConnectAsync(remote, options: null, cancellationToken);
        return (connection as StackConnection)?.AsTransport() ?? connection;
    }
}
