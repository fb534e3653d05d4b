using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using ActorStack.Hosting;

namespace ActorStack.Samples.Tls;

/// <summary>Serves one HTTP request over TLS, then ends the connection in the order that loses no payload.</summary>
internal sealed class TlsHandler(X509Certificate2 certificate) : ConnectionHandler
{
    /// <summary>The time that a peer has to close its side.</summary>
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);

    public override async Task HandleAsync(Connection connection, CancellationToken stopping)
    {
        await using var tls = new SslStream(connection.Stream);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stopping);
        await HttpExchange.ServeAsync(tls, stopping);

        // Sends close_notify, which disposing does not send. Without it a peer cannot tell the end from an attacker's FIN (RFC
        // 8446 section 6.1): OpenSSL 3 reports "unexpected eof while reading", and the request fails.
        await tls.ShutdownAsync();

        // Sends a FIN and then reads the peer's close_notify and FIN, because unread bytes would reset the connection.
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
            // The peer keeps its side open, but has received its whole answer.
        }
    }
}
