using System.Globalization;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace ActorStack.Hosting.Tests;

/// <summary>A client of the chat with .NET's own WebSocket, which verifies what it hears.</summary>
internal sealed class ChatClient : IDisposable
{
    private const int MessagesPerTurn = 3;
    private const string End = "end";

    private readonly NetworkStream _stream;
    private readonly WebSocket _socket;
    private readonly Dictionary<string, int> _heard = [];
    private TaskCompletionSource _nextHeard = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _last;
    private int _said;

    private ChatClient(NetworkStream stream)
    {
        _stream = stream;
        _socket = WebSocket.CreateFromStream(
            stream, new WebSocketCreationOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan });
    }

    /// <summary>How many messages of each member came.</summary>
    public IReadOnlyDictionary<string, int> Heard => _heard;

    /// <summary>Ends when the next message of a member has come.</summary>
    public Task NextHeard => Volatile.Read(ref _nextHeard).Task;

    /// <summary>Returns when the room knows the member.</summary>
    public static async Task<ChatClient> JoinAsync(Socket socket, string room, string nick)
    {
        var stream = new NetworkStream(socket, ownsSocket: true);
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"GET /{room}?nick={nick} HTTP/1.1\r\nHost: chat\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n" +
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"),
            Patience.Token());
        Assert.Equal("HTTP/1.1 101 Switching Protocols", await ReadLineAsync(stream));
        while (await ReadLineAsync(stream) is { Length: > 0 } line)
        {
            if (!line.StartsWith("Sec-WebSocket-Accept", StringComparison.Ordinal)) continue;
            Assert.Equal("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", line); // the example of RFC 6455 section 1.3
        }

        var client = new ChatClient(stream);
        var joined = await client.HearAsync();
        Assert.Equal(("Joined", nick), (joined.Kind, joined.Nick));
        return client;
    }

    /// <summary>Speaks in turn, and hears the others, until somebody has said the end.</summary>
    public async Task TalkAsync(int turn, int size, CancellationToken enough)
    {
        if (turn == 0) await SpeakAsync();
        while (await HearAsync() is var message)
        {
            if (message.Kind != "Said") continue;
            if (message.Text == End) return;
            var speaker = int.Parse(message.Nick["nick".Length..], CultureInfo.InvariantCulture);
            Assert.Equal(_heard.GetValueOrDefault(message.Nick), int.Parse(message.Text, CultureInfo.InvariantCulture));
            _heard[message.Nick] = _heard.GetValueOrDefault(message.Nick) + 1;
            Interlocked.Exchange(ref _nextHeard, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
            if ((speaker + 1) % size != turn || _heard[message.Nick] % MessagesPerTurn != 0) continue;
            if (enough.IsCancellationRequested) await SayAsync(End);
            else await SpeakAsync();
        }
    }

    /// <summary>The next message, whose number is larger than those before.</summary>
    public async Task<Message> HearAsync()
    {
        var buffer = new byte[1024];
        var part = await _socket.ReceiveAsync(buffer.AsMemory(), Patience.Token());
        Assert.True(part.EndOfMessage && part.MessageType == WebSocketMessageType.Text, $"{part.MessageType}");
        var message = JsonSerializer.Deserialize<Message>(buffer.AsSpan(0, part.Count), JsonSerializerOptions.Web)!;
        Assert.True(message.Number > _last, $"{message} after {_last}");
        _last = message.Number;
        return message;
    }

    /// <summary>With which status the service closes.</summary>
    public async Task<WebSocketCloseStatus?> HearEndAsync()
    {
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(new byte[1024].AsMemory(), Patience.Token());
        }
        while (part.MessageType != WebSocketMessageType.Close);

        return _socket.CloseStatus;
    }

    public Task CloseAsync() => _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Patience.Token());

    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes) => await _stream.WriteAsync(bytes, Patience.Token());

    public void Dispose() => _socket.Dispose();

    private async Task SpeakAsync()
    {
        for (var i = 0; i < MessagesPerTurn; i++) await SayAsync(_said++.ToString(CultureInfo.InvariantCulture));
    }

    private async Task SayAsync(string text) =>
        await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, Patience.Token());

    /// <summary>A line of the head. Nothing behind it is read.</summary>
    private static async Task<string> ReadLineAsync(NetworkStream stream)
    {
        var line = new List<byte>();
        var next = new byte[1];
        while (line is not [.., (byte)'\r', (byte)'\n'])
        {
            await stream.ReadExactlyAsync(next, Patience.Token());
            line.Add(next[0]);
        }

        return Encoding.ASCII.GetString([.. line]).TrimEnd();
    }

    /// <summary>What the chat sends.</summary>
    internal sealed record Message(long Number, string Kind, string Nick, string Text);
}
