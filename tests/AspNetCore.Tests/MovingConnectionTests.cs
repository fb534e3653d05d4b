using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Threading.Channels;
using ActorStack.AspNetCore.Server;
using ActorStack.AspNetCore.Tests.Support;
using ActorStack.CommandLine.Lab;
using ActorStack.Tests.Common;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Http.Connections.Client;
using Microsoft.AspNetCore.SignalR.Client;

namespace ActorStack.AspNetCore.Tests;

/// <summary>
/// A stock application over the stack, before ordinary clients, while every connection moves between software and kernel each 200
/// ms. Each test goes on until its connections have moved several times, and no request of it may fail.
/// </summary>
public sealed class MovingConnectionTests(StockApplication application) : IClassFixture<StockApplication>
{
    private const int Moves = 4;

    [LinuxTheory]
    [InlineData("http", 80, "1.1")]
    [InlineData("http", 81, "2.0")]
    [InlineData("https", 443, "1.1")]
    [InlineData("https", 443, "2.0")]
    public async Task No_request_of_HttpClient_fails(string scheme, int port, string version)
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => RequestAsync(scheme, port, Version.Parse(version), seed)));
        AssertNoComplaint();
    }

    [ToolFact("curl")]
    public async Task No_request_of_curl_fails()
    {
        var large = Path.GetTempFileName();
        try
        {
            var sent = new byte[30_000_000];
            new Random(1).NextBytes(sent);
            await File.WriteAllBytesAsync(large, sent, Patience.Token());
            foreach (var (version, scheme, port) in ((string, string, int)[])
                [("--http1.1", "http", 80), ("--http2-prior-knowledge", "http", 81), ("--http2", "https", 443)])
            {
                var answered = $"{large}.answer";
                await application.ExecuteAsync(
                    "curl", "-sS", "--fail", "--insecure", version, "--data-binary", $"@{large}", "--output", answered,
                    $"{StockApplication.Url(scheme, port, "/echo")}");
                Assert.Equal(SHA256.HashData(sent), SHA256.HashData(await File.ReadAllBytesAsync(answered, Patience.Token())));
                File.Delete(answered);
            }
        }
        finally
        {
            File.Delete(large);
        }

        AssertNoComplaint();
    }

    [ToolFact("wrk")]
    public async Task No_request_of_wrk_fails()
    {
        var before = await CountMovesAsync();
        var report = await application.ExecuteAsync(
            "wrk", "-t1", "-c32", "-d4s", $"{StockApplication.Url("http", 80, "/plaintext")}");
        Assert.Matches(@"\d+ requests in ", report);
        Assert.DoesNotContain("Socket errors", report, StringComparison.Ordinal);
        Assert.DoesNotContain("Non-2xx", report, StringComparison.Ordinal);
        Assert.True(await CountMovesAsync() > before, "nothing moved");
        AssertNoComplaint();
    }

    [ToolTheory("h2load")]
    [InlineData("http", 81)]
    [InlineData("https", 443)]
    public async Task No_request_of_h2load_fails(string scheme, int port)
    {
        const int requests = 20_000;
        var enough = await CountMovesAsync() + Moves;
        do
        {
            var report = await application.ExecuteAsync(
                "h2load", "-t1", "-c16", "-m8", $"-n{requests}", $"{StockApplication.Url(scheme, port, "/plaintext")}");
            Assert.Contains("Application protocol: h2", report, StringComparison.Ordinal);
            Assert.Contains(
                $"{requests} total, {requests} started, {requests} done, {requests} succeeded, 0 failed, 0 errored, 0 timeout",
                report, StringComparison.Ordinal);
            Assert.Contains($"{requests} 2xx", report, StringComparison.Ordinal);
        }
        while (await CountMovesAsync() < enough);
        AssertNoComplaint();
    }

    /// <summary>The page asks until its connection has moved often enough, and tells whether all was well.</summary>
    [ToolTheory("chromium")]
    [InlineData("http", 80)]
    [InlineData("https", 443)]
    public async Task No_request_of_a_browser_fails(string scheme, int port)
    {
        var url = StockApplication.Url(scheme, port, $"/page?moves={Moves}");
        var profile = Directory.CreateTempSubdirectory("actorstack-browser-");
        try
        {
            var page = await application.ExecuteAsync(
                "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--ignore-certificate-errors",
                $"--user-data-dir={profile.FullName}", "--dump-dom", $"{url}");
            Assert.Contains("<p>All requests were answered.</p>", page, StringComparison.Ordinal);
        }
        finally
        {
            profile.Delete(recursive: true);
        }

        AssertNoComplaint();
    }

    [LinuxTheory]
    [InlineData("ws", 80)]
    [InlineData("wss", 443)]
    public async Task Every_message_of_a_WebSocket_comes_back(string scheme, int port)
    {
        using var handler = application.CreateHandler();
        using var invoker = new HttpMessageInvoker(handler);
        using var probe = application.CreateClient(HttpVersion.Version11, connections: 1);
        for (var moves = 0; moves < Moves;)
        {
            using var socket = new ClientWebSocket();
            await socket.ConnectAsync(StockApplication.Url(scheme, port, "/ws"), invoker, Patience.Token());

            // A neighbour's moves tell when this connection, which moves at the same times, may have moved often enough.
            var enough = await MovesOfAsync(probe) + Moves + 1;
            var random = new Random(1);
            while (await MovesOfAsync(probe) < enough)
            {
                var sent = new byte[random.Next(1, 60_000)];
                random.NextBytes(sent);
                var sending = socket.SendAsync(sent, WebSocketMessageType.Binary, endOfMessage: true, Patience.Token());
                Assert.Equal(sent, await ReceiveAsync(socket));
                await sending;
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Patience.Token());
            moves = int.Parse(socket.CloseStatusDescription!, System.Globalization.CultureInfo.InvariantCulture);
        }

        AssertNoComplaint();
    }

    [LinuxFact]
    public async Task Every_call_and_stream_of_SignalR_arrives()
    {
        await using var hub = new HubConnectionBuilder()
            .WithUrl(StockApplication.Url("http", 80, "/hub"), options =>
            {
                options.HttpMessageHandlerFactory = _ => application.CreateHandler();
                options.WebSocketFactory = OpenWebSocketAsync;
            })
            .Build();
        var heard = Channel.CreateUnbounded<string>();
        hub.On<string>("Said", text => heard.Writer.TryWrite(text));
        await hub.StartAsync(Patience.Token());
        while (await hub.InvokeAsync<int>("Moves", Patience.Token()) < Moves)
        {
            var said = string.Join(' ', Enumerable.Range(0, 1_000));
            Assert.Equal(said, await hub.InvokeAsync<string>("Say", said, Patience.Token()));
            Assert.Equal(said, await heard.Reader.ReadAsync(Patience.Token()));
        }

        var next = 0;
        await foreach (var number in hub.StreamAsync<int>("Count", Moves, Patience.Token())) Assert.Equal(next++, number);
        Assert.NotEqual(0, next);
        AssertNoComplaint();
    }

    [LinuxTheory]
    [InlineData("http", 81)]
    [InlineData("https", 443)]
    public async Task Every_call_of_gRPC_is_answered(string scheme, int port)
    {
        using var channel = GrpcChannel.ForAddress(
            StockApplication.Url(scheme, port, "/"), new GrpcChannelOptions { HttpHandler = application.CreateHandler() });
        var talk = new Talk.TalkClient(channel);
        var text = new string('x', 100_000);
        for (var moves = 0; moves < Moves;)
        {
            var answer = await talk.SayAsync(new Said { Text = text }, cancellationToken: Patience.Token());
            Assert.Equal(text, answer.Text);
            moves = answer.Moves;
        }

        using var chat = talk.Chat(cancellationToken: Patience.Token());
        for (var (number, moves) = (0, 0); moves < 2 * Moves; number++)
        {
            await chat.RequestStream.WriteAsync(new Said { Text = $"{number} {text}" }, Patience.Token());
            Assert.True(await chat.ResponseStream.MoveNext(Patience.Token()));
            Assert.Equal($"{number} {text}", chat.ResponseStream.Current.Text);
            moves = chat.ResponseStream.Current.Moves;
        }

        await chat.RequestStream.CompleteAsync();
        Assert.False(await chat.ResponseStream.MoveNext(Patience.Token()));
        AssertNoComplaint();
    }

    /// <summary>The end point of ordinary sockets of the same application.</summary>
    [LinuxFact]
    public async Task Sockets_of_the_operating_system_are_served_beside()
    {
        using var client = application.CreateClient(HttpVersion.Version11);
        Assert.Equal("Hello, World!", await client.GetStringAsync(
            new Uri($"http://{Laboratory.PlainAddress}/plaintext"), Patience.Token()));
    }

    [LinuxFact]
    public async Task The_application_opens_connections_from_the_address_of_the_stack()
    {
        using var listener = application.Lab.Client.Run(() => new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream,
            System.Net.Sockets.ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(IPAddress.Parse(Laboratory.ClientAddress), 0));
        listener.Listen();
        using var client = application.CreateClient(HttpVersion.Version11);
        var fetching = client.GetStringAsync(
            StockApplication.Url("http", 80, $"/fetch?from={listener.LocalEndPoint}"), Patience.Token());
        using (var accepted = await listener.AcceptAsync(Patience.Token()))
        {
            Assert.Equal(Laboratory.VirtualAddress, ((IPEndPoint)accepted.RemoteEndPoint!).Address.ToString());
            await accepted.SendAsync("from outside"u8.ToArray(), Patience.Token());
        }

        Assert.Equal("from outside", await fetching);
    }

    /// <summary>Posts bodies of all sizes over one connection until it has moved often enough.</summary>
    private async Task RequestAsync(string scheme, int port, Version version, int seed)
    {
        using var client = application.CreateClient(version, connections: 1);
        var random = new Random(seed);
        do
        {
            var sent = new byte[random.Next(0, 200_000)];
            random.NextBytes(sent);
            using var content = new ByteArrayContent(sent);
            using var answer = await client.PostAsync(StockApplication.Url(scheme, port, "/echo"), content, Patience.Token());
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(version, answer.Version);
            Assert.Equal(sent, await answer.Content.ReadAsByteArrayAsync(Patience.Token()));
        }
        while (await MovesOfAsync(client, scheme, port) < Moves);
    }

    private static async Task<int> MovesOfAsync(HttpClient client, string scheme = "http", int port = 80) => int.Parse(
        await client.GetStringAsync(StockApplication.Url(scheme, port, "/moves"), Patience.Token()),
        System.Globalization.CultureInfo.InvariantCulture);

    private async Task<long> CountMovesAsync() =>
        (await application.Lab.Control.GetStatisticsAsync(Patience.Token())).Migrations.Values.Sum();

    private async ValueTask<WebSocket> OpenWebSocketAsync(
        WebSocketConnectionContext context, CancellationToken cancellation)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(context.Uri, new HttpMessageInvoker(application.CreateHandler()), cancellation);
        return socket;
    }

    private static async Task<byte[]> ReceiveAsync(WebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, Patience.Token());
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage) return message.ToArray();
        }
    }

    /// <summary>Neither Kestrel nor the stack has logged a warning or an error.</summary>
    private void AssertNoComplaint()
    {
        var lines = application.Output.ToList();
        var complaint = lines.FindIndex(
            line => line.StartsWith("warn:", StringComparison.Ordinal) || line.StartsWith("fail:", StringComparison.Ordinal));
        if (complaint >= 0) Assert.Fail(string.Join('\n', lines.Skip(complaint)));
    }
}
