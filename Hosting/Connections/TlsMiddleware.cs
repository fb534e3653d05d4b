using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using ActorStack.Hosting.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace ActorStack.Hosting;

/// <summary>Serves connections over TLS.</summary>
/// <param name="next">Serves the plain text.</param>
/// <param name="options">The server's side of the handshake.</param>
/// <param name="logger">Is told of handshakes that failed.</param>
internal sealed class TlsMiddleware(
    ConnectionDelegate next, SslServerAuthenticationOptions options, ILogger<TlsMiddleware> logger)
{
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10);

    /// <summary>The time that a peer has to close its side.</summary>
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);

    public async Task OnConnectedAsync(ConnectionContext connection)
    {
        var below = connection.Transport;
        await using var tls = new SslStream(below.AsStream(), leaveInnerStreamOpen: true);
        if (await TryAuthenticateAsync(tls, connection)) await ServeAsync(connection, tls);
        await CloseAsync(below, connection.ConnectionClosedRequested);
    }

    /// <summary>False: the handshake failed. SslStream has told a peer that speaks TLS why.</summary>
    private async Task<bool> TryAuthenticateAsync(SslStream tls, ConnectionContext connection)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosedRequested);
        limit.CancelAfter(HandshakeLimit);
        try
        {
            await tls.AuthenticateAsServerAsync(options, limit.Token);
            return true;
        }
        catch (AuthenticationException refused)
        {
            logger.TlsRefused(refused, connection.ConnectionId);
            return false;
        }
        catch (OperationCanceledException) when (!connection.ConnectionClosedRequested.IsCancellationRequested)
        {
            throw new IOException($"The TLS handshake was not complete after {HandshakeLimit.TotalSeconds:0} s.");
        }
    }

    /// <summary>
    /// Serves the plain text, then sends a close_notify, which disposing does not send. Without it a peer cannot tell the end
    /// from an attacker's FIN (RFC 8446 section 6.1): OpenSSL 3 reports "unexpected eof while reading", and the request fails.
    /// </summary>
    private async Task ServeAsync(ConnectionContext connection, SslStream tls)
    {
        var below = connection.Transport;
        var plain = new PlainTextPipe(tls);
        connection.Transport = plain;
        connection.Features.Set<ISslStreamFeature>(plain);
        try
        {
            await next(connection);
            await plain.Input.CompleteAsync();
            await plain.Output.CompleteAsync();
            await tls.ShutdownAsync();
        }
        finally
        {
            connection.Features.Set<ISslStreamFeature>(null);
            connection.Transport = below;
        }
    }

    /// <summary>
    /// Sends a FIN and then reads the peer's close_notify and FIN, because unread bytes would reset the connection.
    /// </summary>
    private static async Task CloseAsync(IDuplexPipe below, CancellationToken closing)
    {
        await below.Output.CompleteAsync();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(closing);
        limit.CancelAfter(CloseLimit);
        try
        {
            await below.Input.CopyToAsync(Stream.Null, limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The peer keeps its side open, but has received its whole answer.
        }
    }

    /// <summary>What is above TLS.</summary>
    private sealed class PlainTextPipe(SslStream tls) : IDuplexPipe, ISslStreamFeature
    {
        public SslStream SslStream { get; } = tls;

        public PipeReader Input { get; } = PipeReader.Create(tls, new StreamPipeReaderOptions(leaveOpen: true));

        public PipeWriter Output { get; } = PipeWriter.Create(tls, new StreamPipeWriterOptions(leaveOpen: true));
    }
}
