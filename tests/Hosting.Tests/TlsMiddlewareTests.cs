using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ActorStack.Hosting.Tests.Support;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace ActorStack.Hosting.Tests;

/// <summary>TLS as connection middleware, before SslStream as the client.</summary>
public sealed class TlsMiddlewareTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task What_is_behind_reads_and_writes_plain_text_while_the_connection_moves(SslProtocols protocol)
    {
        await using var host = await StartAsync(connection => connection.Run(async context =>
        {
            var stream = context.Transport.AsStream();
            var name = new byte[3];
            await stream.ReadExactlyAsync(name, Patience.Token());
            var migration = context.Features.GetRequiredFeature<IConnectionMigrationFeature>();
            await migration.OffloadAsync("toe");
            var version = context.Features.GetRequiredFeature<ISslStreamFeature>().SslStream.SslProtocol;
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"{version} {context.RunsOn} "), Patience.Token());
            await migration.UploadAsync();
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"{context.RunsOn} good day {Encoding.ASCII.GetString(name)}"));
        }));
        var client = await host.ConnectAsync();
        await using var tls = await AuthenticateAsync(client, protocol);
        await tls.WriteAsync("Ada"u8.ToArray(), Patience.Token());
        using var text = new StreamReader(tls, Encoding.ASCII);
        Assert.Equal($"{protocol} toe software good day Ada", await text.ReadToEndAsync(Patience.Token()));
        Assert.True((await client.Input.ReadAsync(Patience.Token())).IsCompleted); // a FIN, no RST
    }

    [Fact]
    public async Task A_peer_that_speaks_no_TLS_gets_a_FIN_and_reaches_nobody()
    {
        var reached = false;
        await using var host = await StartAsync(connection => connection.Run(_ =>
        {
            reached = true;
            return Task.CompletedTask;
        }));
        var client = await host.ConnectAsync();
        await client.Output.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), Patience.Token());
        await client.Output.CompleteAsync();
        using var answer = new MemoryStream();
        await client.Input.CopyToAsync(answer, Patience.Token());
        Assert.Equal(0, answer.Length);
        Assert.False(reached);
    }

    [Fact]
    public async Task A_peer_whose_handshake_is_refused_gets_the_alert_that_says_so()
    {
        await using var host = await StartAsync(connection => connection.Run(_ => Task.CompletedTask), SslProtocols.Tls13);
        var client = await host.ConnectAsync();
        var refused = await Assert.ThrowsAsync<AuthenticationException>(() => AuthenticateAsync(client, SslProtocols.Tls12));
        Assert.Contains("alert", $"{refused}", StringComparison.OrdinalIgnoreCase);
        await client.Output.CompleteAsync();
        Assert.True((await client.Input.ReadAsync(Patience.Token())).IsCompleted);
    }

    [Fact]
    public async Task What_is_behind_that_throws_resets_the_connection()
    {
        await using var host = await StartAsync(connection => connection.Run(async context =>
        {
            await context.Transport.Input.ReadAsync(Patience.Token());
            throw new InvalidOperationException("on purpose");
        }));
        var client = await host.ConnectAsync();
        await using var tls = await AuthenticateAsync(client, SslProtocols.Tls12);
        await tls.WriteAsync("now"u8.ToArray(), Patience.Token());
        var lost = await Assert.ThrowsAsync<IOException>(() => tls.ReadAsync(new byte[1], Patience.Token()).AsTask());
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(lost.InnerException).SocketErrorCode);
    }

    private static Task<MemoryHost> StartAsync(
        Action<IConnectionBuilder> behind, SslProtocols protocols = SslProtocols.Tls12 | SslProtocols.Tls13)
    {
        var options = new SslServerAuthenticationOptions { ServerCertificate = Certificate(), EnabledSslProtocols = protocols };
        return MemoryHost.StartAsync(
            stack => stack.AddConnection("tls", MemoryHost.Port, connection => behind(connection.UseTls(options))));
    }

    private static async Task<SslStream> AuthenticateAsync(IDuplexPipe client, SslProtocols protocol)
    {
        var tls = new SslStream(client.AsStream(), leaveInnerStreamOpen: true, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "test", EnabledSslProtocols = protocol }, Patience.Token());
        return tls;
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UtcNow.AddDays(1));
    }
}
