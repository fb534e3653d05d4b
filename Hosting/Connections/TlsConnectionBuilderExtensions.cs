using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ActorStack.Hosting;

/// <summary>Adds TLS to a pipeline of connection middleware.</summary>
public static class TlsConnectionBuilderExtensions
{
    /// <summary>
    /// Serves the connections over TLS: what is behind this middleware reads and writes plain text, and finds
    /// <c>ISslStreamFeature</c> in the features. A connection whose handshake fails or takes more than 10 seconds is closed. When
    /// what is behind returns, the connection ends in the order that loses no payload: a close_notify, a FIN, then the peer has 5
    /// seconds to close its side.
    /// </summary>
    /// <param name="builder">The pipeline.</param>
    /// <param name="options">The certificate, the protocols, and how clients are authenticated.</param>
    public static IConnectionBuilder UseTls(this IConnectionBuilder builder, SslServerAuthenticationOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        var logger = builder.ApplicationServices.GetRequiredService<ILogger<TlsMiddleware>>();
        return builder.Use(next => new TlsMiddleware(next, options, logger).OnConnectedAsync);
    }
}
