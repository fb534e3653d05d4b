using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using ActorStack.CommandLine.Lab;
using ActorStack.Tests.Common;

namespace ActorStack.Hosting.Tests;

/// <summary>
/// The sample of a chat, before ordinary clients, while its process is replaced. ACTORSTACK_CROWD=1000 and ACTORSTACK_DEPLOYS=10
/// make the crowd as large and deploy so often.
/// </summary>
public sealed class WebSocketChatSampleTests : IDisposable
{
    private const int HttpPort = 80;
    private const int Clients = 20;
    private const int RoomSize = 10;
    private const int Deploys = 3;
    private const byte Text = 0x81;
    private const byte Binary = 0x82;
    private const byte FirstFragment = 0x01;
    private const byte LastFragment = 0x80;
    private const byte Ping = 0x89;
    private const byte UnknownOpcode = 0x83;

    private readonly SampleGround _ground = new("chat-sample", directory => [$"--Log={Path.Combine(directory, "chat.db")}"]);

    public void Dispose() => _ground.Dispose();

    /// <summary>
    /// The members of a room speak in turn, several messages each, and each member hears all of them in one order.
    /// </summary>
    [LinuxFact]
    public async Task No_message_is_lost_or_doubled_and_nobody_reconnects_over_several_deploys()
    {
        var running = await _ground.StartAsync();
        var before = KernelCounters.Read(_ground.Lab.Client);
        var clients = new List<ChatClient>();
        for (var i = 0; i < SampleGround.Clients(Clients); i++)
        {
            clients.Add(await JoinAsync($"room{i / RoomSize}", $"nick{i % RoomSize}"));
        }

        var rooms = clients.Chunk(RoomSize).ToList();
        using var enough = new CancellationTokenSource();
        var talks = rooms.SelectMany(room => room.Select((client, turn) => client.TalkAsync(turn, room.Length, enough.Token)));
        var talk = AllAsync([.. talks]);
        for (var i = SampleGround.Deploys(Deploys); i > 0; i--)
        {
            running = await _ground.DeployAsync(running);
            await Task.WhenAny(talk, Task.WhenAll(clients.Select(client => client.NextHeard)));
        }

        await enough.CancelAsync();
        await talk;
        foreach (var room in rooms) Assert.All(room, client => Assert.Equal(room[0].Heard, client.Heard));
        var counted = KernelCounters.Read(_ground.Lab.Client) - before;
        Assert.Equal((0, 0), (counted.ResetsReceived, counted.ResetsSent));
        clients.ForEach(client => client.Dispose());
    }

    /// <summary>A message of two fragments with a ping between them, of which each client has sent another part.</summary>
    [LinuxFact]
    public async Task What_has_come_of_a_message_at_a_deploy_is_part_of_it_after_the_deploy()
    {
        var running = await _ground.StartAsync();
        byte[] message = [.. Frame(FirstFragment, "one "), .. Frame(Ping, "?"), .. Frame(LastFragment, "message")];
        var clients = new List<ChatClient>();
        for (var cut = 0; cut <= message.Length; cut++)
        {
            clients.Add(await JoinAsync($"room{cut}", "nick"));
            await clients[cut].SendRawAsync(message.AsMemory(0, cut));
        }

        await _ground.DeployAsync(running);
        for (var cut = 0; cut <= message.Length; cut++)
        {
            await clients[cut].SendRawAsync(message.AsMemory(cut));
            Assert.Equal("one message", (await clients[cut].HearAsync()).Text);
            clients[cut].Dispose();
        }
    }

    [LinuxFact]
    public async Task Who_breaks_the_rules_is_told_which_one()
    {
        await _ground.StartAsync();
        var before = KernelCounters.Read(_ground.Lab.Client);
        (byte Frame, int Length, WebSocketCloseStatus Status)[] violations =
        [
            (Binary, 5, WebSocketCloseStatus.InvalidMessageType),
            (Text, 40_000, WebSocketCloseStatus.MessageTooBig),
            (FirstFragment, 40_000, WebSocketCloseStatus.MessageTooBig),
            (UnknownOpcode, 5, WebSocketCloseStatus.ProtocolError),
        ];
        foreach (var (frame, length, status) in violations)
        {
            using var client = await JoinAsync("room", "nick");
            await client.SendRawAsync(Frame(frame, new string('x', length)));
            Assert.Equal(status, await client.HearEndAsync());
        }

        Assert.Equal(0, (KernelCounters.Read(_ground.Lab.Client) - before).ResetsReceived);
    }

    [LinuxFact]
    public async Task Others_hear_when_a_member_comes_and_goes()
    {
        await _ground.StartAsync();
        using var host = await JoinAsync("room", "host");
        using (var guest = await JoinAsync("room", "guest"))
        {
            Assert.Equal(("Joined", "guest"), ((await host.HearAsync()) is var came ? (came.Kind, came.Nick) : default));
            await guest.CloseAsync();
        }

        Assert.Equal(("Left", "guest"), ((await host.HearAsync()) is var went ? (went.Kind, went.Nick) : default));
    }

    [LinuxFact]
    public async Task Other_requests_are_answered()
    {
        await _ground.StartAsync();
        (string Request, string Status)[] exchanges =
        [
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK"),
            ("GET /room?nick=a HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 400 Bad Request"),
            ("POST / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request"),
        ];
        foreach (var (request, status) in exchanges)
        {
            using var socket = await _ground.ConnectAsync(HttpPort);
            await socket.SendAsync(Encoding.ASCII.GetBytes(request), Patience.Token());
            using var reader = new StreamReader(new NetworkStream(socket));
            Assert.Equal(status, await reader.ReadLineAsync(Patience.Token()));
            await reader.ReadToEndAsync(Patience.Token());
        }
    }

    /// <summary>Fails with the first one that fails, whatever the others wait for.</summary>
    private static async Task AllAsync(IReadOnlyCollection<Task> tasks)
    {
        await foreach (var task in Task.WhenEach(tasks)) await task;
    }

    private async Task<ChatClient> JoinAsync(string room, string nick) =>
        await ChatClient.JoinAsync(await _ground.ConnectAsync(HttpPort), room, nick);

    /// <summary>A frame of a client, whose masking key is zero.</summary>
    private static byte[] Frame(byte first, string text) => text.Length switch
    {
        < 126 => [first, (byte)(0x80 | text.Length), 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(text)],
        _ => [first, 0x80 | 126, (byte)(text.Length >> 8), (byte)text.Length, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(text)],
    };
}
