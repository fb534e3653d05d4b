using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace ActorStack.Hosting.Tests;

/// <summary>A client of the broker with MQTTnet's client, which verifies what it hears and may not lose its connection.</summary>
internal sealed class MqttTalker : IDisposable
{
    private const int MessagesPerTurn = 3;
    private const string End = "end";

    private readonly IMqttClient _client;
    private readonly Channel<(string Topic, string Text)> _received = Channel.CreateUnbounded<(string, string)>();
    private readonly Dictionary<string, int> _heard = [];
    private readonly string _room;
    private readonly string _topic;
    private readonly MqttQualityOfServiceLevel _quality;
    private TaskCompletionSource _nextHeard = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _said;

    private MqttTalker(Socket socket, string room, int turn, MqttQualityOfServiceLevel quality)
    {
        (_room, _topic, _quality) = (room, $"{room}/{turn}", quality);
        _client = new MqttClientFactory().CreateMqttClient(new MqttStream(socket));
        _client.ApplicationMessageReceivedAsync += args =>
        {
            var message = args.ApplicationMessage;
            return _received.Writer.WriteAsync((message.Topic, Encoding.UTF8.GetString(message.Payload.ToArray()))).AsTask();
        };
        _client.DisconnectedAsync += args =>
        {
            _received.Writer.TryComplete(new InvalidOperationException($"disconnected: {args.Reason}", args.Exception));
            return Task.CompletedTask;
        };
    }

    /// <summary>How many messages of each topic came.</summary>
    public IReadOnlyDictionary<string, int> Heard => _heard;

    /// <summary>Ends when the next message has come.</summary>
    public Task NextHeard => Volatile.Read(ref _nextHeard).Task;

    public static async Task<MqttTalker> ConnectAsync(
        Socket socket, string room, int turn, MqttQualityOfServiceLevel quality, MqttProtocolVersion version)
    {
        var talker = new MqttTalker(socket, room, turn, quality);
        await talker._client.ConnectAsync(
            new MqttClientOptionsBuilder().WithClientId(talker._topic.Replace('/', '-')).WithProtocolVersion(version)
                .WithTcpServer("unused").WithWillTopic($"{room}/will").WithWillPayload("gone")
                .WithTimeout(Patience.Limit).WithKeepAlivePeriod(Patience.Limit).Build(),
            Patience.Token());
        await talker._client.SubscribeAsync($"{room}/#", quality, Patience.Token());
        return talker;
    }

    /// <summary>Speaks in turn, and hears the others, until somebody has said the end.</summary>
    public async Task TalkAsync(int turn, int size, CancellationToken enough)
    {
        if (turn == 0) await SpeakAsync();
        while (await _received.Reader.ReadAsync(Patience.Token()) is var (topic, text))
        {
            if (text == End) return;
            var speaker = int.Parse(topic[(_room.Length + 1)..], CultureInfo.InvariantCulture);
            Assert.Equal(_heard.GetValueOrDefault(topic), int.Parse(text, CultureInfo.InvariantCulture));
            _heard[topic] = _heard.GetValueOrDefault(topic) + 1;
            Interlocked.Exchange(ref _nextHeard, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
            if ((speaker + 1) % size != turn || _heard[topic] % MessagesPerTurn != 0) continue;
            if (enough.IsCancellationRequested) await SayAsync(End);
            else await SpeakAsync();
        }
    }

    /// <summary>The next message.</summary>
    public async Task<(string Topic, string Text)> HearAsync() => await _received.Reader.ReadAsync(Patience.Token());

    public async Task SubscribeAsync(string topic) => await _client.SubscribeAsync(topic, _quality, Patience.Token());

    public async Task SayAsync(string text, bool retain = false) =>
        await _client.PublishStringAsync(_topic, text, _quality, retain, Patience.Token());

    public void Dispose() => _client.Dispose();

    /// <summary>The messages are on their way together, so that their order counts.</summary>
    private async Task SpeakAsync()
    {
        for (var i = 0; i < MessagesPerTurn; i++) await SayAsync(_said++.ToString(CultureInfo.InvariantCulture));
    }
}
