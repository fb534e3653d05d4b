using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using ActorStack.CommandLine.Lab;
using ActorStack.CommandLine.Operate;
using ActorStack.Tests.Common;

namespace ActorStack.Hosting.Tests;

/// <summary>The TLS sample as a service, before ordinary clients, with connections that move meanwhile.</summary>
public sealed class TlsSampleTests : IDisposable
{
    private const int HttpsPort = 443;
    private const byte Alert = 21; // the content type of a TLS record (RFC 5246 section 6.2.1)

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("actorstack-");
    private readonly Laboratory _lab = new();
    private Process? _service;

    private static string Url => $"https://{Laboratory.VirtualAddress}";

    private string Socket => Path.Combine(_directory.FullName, "control.sock");

    public void Dispose()
    {
        _service?.Kill();
        _service?.WaitForExit();
        _lab.Dispose();
        _directory.Delete(recursive: true);
    }

    [LinuxTheory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task An_answer_ends_with_a_close_notify_and_a_FIN_although_the_connection_moved(SslProtocols protocol)
    {
        const int Length = 20_000_000;
        await StartAsync();
        using var control = new ControlClient(Socket);
        using var socket = _lab.Client.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(Laboratory.VirtualAddress), HttpsPort), Patience.Token());
        await using var recorded = new RecordingStream(new NetworkStream(socket));
        await using var tls = new SslStream(recorded, leaveInnerStreamOpen: true, (_, _, _, _) => true);
        var authentication = new SslClientAuthenticationOptions { TargetHost = "sample", EnabledSslProtocols = protocol };
        await tls.AuthenticateAsClientAsync(authentication, Patience.Token());
        await tls.WriteAsync(Encoding.ASCII.GetBytes($"GET /{Length} HTTP/1.1\r\n\r\n"), Patience.Token());

        // The answer is longer than what the buffers hold, so the connection lives while it moves.
        var id = Assert.Single(await control.ListConnectionsAsync(ended: false, Patience.Token())).Id;
        foreach (var engine in (string[])["kernel", "toe"])
        {
            await control.OffloadAsync(id, engine, Patience.Token());
            await tls.ReadExactlyAsync(new byte[100_000], Patience.Token());
            await control.UploadAsync(id, Patience.Token());
        }

        long rest = 0;
        var buffer = new byte[65_536];
        while (await tls.ReadAsync(buffer, Patience.Token()) is > 0 and var count) rest += count;
        Assert.InRange(rest, Length - 200_000, Length);
        if (protocol == SslProtocols.Tls12) Assert.Equal(Alert, recorded.LastRecordType());
        Assert.Equal(0, await recorded.ReadAsync(new byte[1], Patience.Token()));
    }

    [ToolFact("ab")]
    public async Task No_request_of_ab_fails_while_connections_move()
    {
        await StartAsync();
        using var control = new ControlClient(Socket);
        foreach (var version in (string[])["TLS1.2", "TLS1.3"])
        {
            // On a busy machine each connection of a run may end before its move begins; then another run has moves.
            var patience = Patience.Token();
            for (var moves = 0; moves == 0;)
            {
                patience.ThrowIfCancellationRequested();
                using var over = new CancellationTokenSource();
                var moving = MoveAllAsync(control, over.Token);
                var report = await AskAsync("ab", "-q", "-n", "40", "-c", "4", "-f", version, $"{Url}/5000000");
                await over.CancelAsync();
                Assert.Matches(@"Complete requests: +40\b", report);
                Assert.Matches(@"Failed requests: +0\b", report);
                Assert.DoesNotContain("SSL read failed", report);
                moves = await moving;
            }
        }
    }

    [ToolFact("curl")]
    public async Task Curl_gets_every_byte_over_both_versions()
    {
        await StartAsync();
        foreach (var version in (string[])["1.2", "1.3"])
        {
            var file = Path.Combine(_directory.FullName, version);
            await AskAsync("curl", "-sS", "--insecure", "--tls-max", version, "--output", file, $"{Url}/3000000");
            var expected = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("0123456789abcde\n", 3_000_000 / 16)));
            Assert.Equal(SHA256.HashData(expected), SHA256.HashData(await File.ReadAllBytesAsync(file, Patience.Token())));
        }
    }

    /// <summary>OpenSSL 3 takes an end without a close_notify for a truncation.</summary>
    [ToolFact("openssl")]
    public async Task OpenSSL_sees_no_truncation()
    {
        await StartAsync();
        const string Request = @"printf 'GET /100 HTTP/1.1\r\n\r\n'";
        var seen = await AskAsync(
            "sh", "-c", $"{Request} | openssl s_client -quiet -connect {Laboratory.VirtualAddress}:{HttpsPort} 2>&1");
        Assert.Contains("200 OK", seen);
        Assert.DoesNotContain("unexpected eof", seen);
    }

    private Task<string> AskAsync(string client, params string[] arguments) =>
        Task.Run(() => _lab.Client.Execute(client, arguments));

    private async Task StartAsync()
    {
        _service = _lab.Server.Start(new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "tls-sample"),
            [
                "--ActorStack:Tun=as0", $"--ActorStack:Addresses:0={Laboratory.VirtualAddress}/32",
                "--ActorStack:Kernel=Required", "--ActorStack:Toe=Required", $"--control={Socket}",
            ])
        {
            RedirectStandardOutput = true,
        });
        while (await _service.StandardOutput.ReadLineAsync(Patience.Token()) is { } line)
        {
            if (line.Contains("Application started")) return;
        }

        Assert.Fail("the sample ended early");
    }

    /// <summary>Moves whatever lives, until it is told to end. Returns how many moves were done.</summary>
    private static async Task<int> MoveAllAsync(ControlClient control, CancellationToken over)
    {
        var moves = 0;
        while (!over.IsCancellationRequested)
        {
            foreach (var connection in await control.ListConnectionsAsync(ended: false, Patience.Token()))
            {
                try
                {
                    var engine = moves % 2 == 0 ? "kernel" : "toe";
                    if (connection.RunsOn == "software") await control.OffloadAsync(connection.Id, engine, Patience.Token());
                    else await control.UploadAsync(connection.Id, Patience.Token());
                    moves++;
                }
                catch (CommandLine.CommandException)
                {
                    // It ended, or was about to.
                }
            }
        }

        return moves;
    }

    /// <summary>Follows the TLS records of what is read.</summary>
    private sealed class RecordingStream(Stream inner) : Stream
    {
        private readonly MemoryStream _tail = new();
        private byte _last;

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public byte LastRecordType()
        {
            const int Header = 5;
            var bytes = _tail.ToArray().AsSpan();
            while (bytes.Length >= Header)
            {
                _last = bytes[0];
                bytes = bytes[(Header + ((bytes[3] << 8) | bytes[4]))..];
            }

            return _last;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            _tail.Write(buffer.Span[..count]);
            return count;
        }

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.WriteAsync(buffer, cancellationToken);

        public override void Flush()
        {
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
