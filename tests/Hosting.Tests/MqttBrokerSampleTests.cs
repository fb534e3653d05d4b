using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using ActorStack.CommandLine.Lab;
using ActorStack.Tests.Common;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace ActorStack.Hosting.Tests;

/// <summary>
/// The sample of a broker, before MQTTnet's client, Mosquitto's and one by hand, while its process is replaced.
/// ACTORSTACK_CROWD=1000 and ACTORSTACK_DEPLOYS=10 make the crowd as large and deploy so often.
/// </summary>
public sealed class MqttBrokerSampleTests : IDisposable
{
    private const int MqttPort = 1883;
    private const int Clients = 20;
    private const int RoomSize = 10;
    private const int Deploys = 3;

    private readonly SampleGround _ground = new("mqtt-sample", directory => [$"--Log={Path.Combine(directory, "mqtt.db")}"]);

    public void Dispose() => _ground.Dispose();

    /// <summary>
    /// The members of a room speak in turn, several messages each, with QoS 1 and 2 in MQTT 3.1.1 and 5, and each member hears
    /// all of them in one order.
    /// </summary>
    [LinuxFact]
    public async Task No_message_is_lost_or_doubled_and_nobody_reconnects_over_several_deploys()
    {
        var running = await _ground.StartAsync();
        var before = KernelCounters.Read(_ground.Lab.Client);
        var clients = new List<MqttTalker>();
        for (var i = 0; i < SampleGround.Clients(Clients); i++)
        {
            clients.Add(await ConnectAsync($"room{i / RoomSize}", i % RoomSize));
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

    /// <summary>A client that holds its acknowledgments back until the deploy is over.</summary>
    [LinuxTheory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_a_client_has_not_acknowledged_at_a_deploy_it_acknowledges_after_it(byte quality)
    {
        var running = await _ground.StartAsync();
        using var talker = await ConnectAsync("room", 1); // publishes with QoS 2
        using var socket = await _ground.ConnectAsync(MqttPort);
        await using var stream = new NetworkStream(socket);
        await SendAsync(stream, [0x10, 13, 0, 4, .. "MQTT"u8, 4, 2, 0, 0, 0, 1, (byte)'x']);
        Assert.Equal([0x20, 2, 0, 0], await ReadPacketAsync(stream));
        await SendAsync(stream, [0x82, 11, 0, 1, 0, 6, .. "room/#"u8, quality]);
        Assert.Equal([0x90, 3, 0, 1, quality], await ReadPacketAsync(stream));

        await talker.SayAsync("0");
        var first = IdentifierOf(await ReadPacketAsync(stream));
        await _ground.DeployAsync(running);
        await talker.SayAsync("1");
        var second = IdentifierOf(await ReadPacketAsync(stream));
        Assert.NotEqual(first, second);
        foreach (var identifier in (ushort[])[first, second])
        {
            byte[] number = [(byte)(identifier >> 8), (byte)identifier];
            await SendAsync(stream, [quality == 1 ? (byte)0x40 : (byte)0x50, 2, .. number]);
            if (quality == 1) continue;
            Assert.Equal([0x62, 2, .. number], await ReadPacketAsync(stream));
            await SendAsync(stream, [0x70, 2, .. number]);
        }

        await SendAsync(stream, [0xC0, 0]);
        Assert.Equal([0xD0, 0], await ReadPacketAsync(stream)); // after the acknowledgments, which the broker has taken
    }

    [LinuxFact]
    public async Task A_retained_message_is_there_after_a_deploy()
    {
        var running = await _ground.StartAsync();
        using var talker = await ConnectAsync("room", 0);
        await talker.SayAsync("kept", retain: true);
        await _ground.DeployAsync(running);
        using var late = await ConnectAsync("room", 1);
        Assert.Equal(("room/0", "kept"), await late.HearAsync());
    }

    [LinuxFact]
    public async Task A_will_is_published_at_the_end_of_the_client_and_not_at_a_deploy()
    {
        var running = await _ground.StartAsync();
        using var listener = await ConnectAsync("room", 0);
        var gone = await ConnectAsync("room", 1);
        await _ground.DeployAsync(running);
        await gone.SayAsync("before");
        Assert.Equal(("room/1", "before"), await listener.HearAsync());
        gone.Dispose(); // without a DISCONNECT packet
        Assert.Equal(("room/will", "gone"), await listener.HearAsync());
    }

    [ToolFact("mosquitto_sub")]
    public async Task Clients_of_Mosquitto_stay_connected_over_a_deploy()
    {
        const int messages = 3;
        var running = await _ground.StartAsync();
        using var listener = Mosquitto(
            "mosquitto_sub", "-h", Laboratory.VirtualAddress, "-i", "listener", "-q", "2", "-t", "#", "-C", $"{messages}", "-d");
        while (await listener.StandardOutput.ReadLineAsync(Patience.Token()) is { } line
            && !line.StartsWith("Subscribed", StringComparison.Ordinal))
        {
            // What comes before.
        }

        using var speaker = Mosquitto(
            "mosquitto_pub", "-h", Laboratory.VirtualAddress, "-i", "speaker", "-q", "1", "-t", "a/topic", "-l");
        for (var i = 0; i < messages; i++)
        {
            await speaker.StandardInput.WriteLineAsync($"message {i}");
            await speaker.StandardInput.FlushAsync();
            while (await listener.StandardOutput.ReadLineAsync(Patience.Token()) is var line && line != $"message {i}")
            {
                Assert.NotNull(line);
                Assert.DoesNotContain("CONNECT", line, StringComparison.Ordinal);
            }

            running = await _ground.DeployAsync(running);
        }

        speaker.StandardInput.Close();
        await Task.WhenAll(listener.WaitForExitAsync(Patience.Token()), speaker.WaitForExitAsync(Patience.Token()));
        Assert.Equal((0, 0), (listener.ExitCode, speaker.ExitCode));
    }

    private Process Mosquitto(string program, params string[] arguments) => _ground.Lab.Client.Start(
        new ProcessStartInfo("stdbuf", ["-oL", program, .. arguments]) // so that each line is written at once
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        });

    private async Task<MqttTalker> ConnectAsync(string room, int turn) => await MqttTalker.ConnectAsync(
        await _ground.ConnectAsync(MqttPort), room, turn,
        turn % 2 == 0 ? MqttQualityOfServiceLevel.AtLeastOnce : MqttQualityOfServiceLevel.ExactlyOnce,
        turn % 4 < 2 ? MqttProtocolVersion.V311 : MqttProtocolVersion.V500);

    /// <summary>Fails with the first one that fails, whatever the others wait for.</summary>
    private static async Task AllAsync(IReadOnlyCollection<Task> tasks)
    {
        await foreach (var task in Task.WhenEach(tasks)) await task;
    }

    private static async Task SendAsync(NetworkStream stream, byte[] packet) => await stream.WriteAsync(packet, Patience.Token());

    /// <summary>A packet that is shorter than 128 bytes.</summary>
    private static async Task<byte[]> ReadPacketAsync(NetworkStream stream)
    {
        var head = new byte[2];
        await stream.ReadExactlyAsync(head, Patience.Token());
        var body = new byte[head[1]];
        await stream.ReadExactlyAsync(body, Patience.Token());
        return [.. head, .. body];
    }

    private static ushort IdentifierOf(byte[] publish)
    {
        Assert.Equal(3, publish[0] >> 4);
        return BinaryPrimitives.ReadUInt16BigEndian(publish.AsSpan(4 + publish[3]));
    }
}
