using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using ActorStack.Hosting;

namespace ActorStack.Samples.Tls;

/// <summary>Serves one HTTP request over TLS, then ends the connection in the order that loses nothing.</summary>
internal sealed class TlsHandler(X509Certificate2 certificate) : ConnectionHandler
{
    /// <summary>How long a peer may take to close its side.</summary>
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);

    public override async Task HandleAsync(Connection connection, CancellationToken stopping)
    {
        await using var tls = new SslStream(connection.Stream);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stopping);
        await HttpExchange.ServeAsync(tls, stopping);

        // close_notify, which disposing does not send. Without it a peer cannot tell the end from an attacker's FIN (RFC 8446
        // section 6.1): OpenSSL 3 reports "unexpected eof while reading", and the request has failed.
        await tls.ShutdownAsync();

        // A FIN, and only then the peer's own close_notify and FIN: bytes that are left unread would reset the connection.
        await connection.Pipe.Output.CompleteAsync();
        await ReadToEndAsync(connection.Stream, stopping);
    }

    private static async Task ReadToEndAsync(Stream stream, CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(CloseLimit);
        try
        {
            await stream.CopyToAsync(Stream.Null, limit.Token);
        }
        catch (OperationCanceledException)
        {
            // A peer that keeps its side open has had all the same what it asked for.
        }
    }
}
