using System.Collections;
using System.Collections.Concurrent;
using ActorStack.Samples.SharedLog;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace ActorStack.Samples.MqttBroker;

/// <summary>
/// MQTTnet's server, whose messages go by way of a log that the processes of a deploy share. A PUBLISH is appended to the log,
/// and acknowledged then. Each process gives the messages of the log to its own clients, in their order. A client that moves
/// names the last number that it was given, and gets the following messages from the next process.
/// </summary>
/// <remarks>
/// What moves: the connection, subscriptions, the will, the acknowledgments that are missing, and by the log retained messages.
/// MQTTnet has no way in for the state of a session, so that this sample goes without: a session ends with its connection,
/// messages for clients that are offline are not kept, and topic aliases are not offered to MQTT 5 clients. When a client
/// reconnects in the middle of a deploy, its older connection ends when it moves, and not at once. Beyond
/// <see cref="MostPendingMessages"/> that a slow client has not taken, MQTTnet drops its oldest ones.
/// </remarks>
internal sealed class Broker : IAsyncDisposable
{
    private const int MostPendingMessages = 10_000;
    private const string BarrierTopic = "$barrier";

    private readonly MessageLog _log;
    private readonly MqttServer _server;
    private readonly BrokerEntrance _entrance = new();
    private readonly IDictionary _dispatching = new ConcurrentDictionary<object, object>();
    private readonly ConcurrentDictionary<string, MovableChannel> _channels = new();
    private readonly LogFollower _follower;
    private readonly Task _starting;

    /// <summary>Held while messages are given to clients, and while a client comes or goes.</summary>
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>The last message that was given to the clients of this process.</summary>
    private long _last;

    /// <summary>The only client that gets the message at hand; null: all.</summary>
    private string? _receiver;

    /// <summary>
    /// It begins with the first client, because a process that takes over has clients before its host starts services.
    /// </summary>
    public Broker(MessageLog log, IHostApplicationLifetime lifetime, ILogger<Broker> logger)
    {
        (_log, _last) = (log, log.FindLast());
        var options = new MqttServerOptionsBuilder().WithMaxPendingMessagesPerClient(MostPendingMessages).Build();
        _server = new MqttServerFactory().CreateMqttServer(options, [_entrance]);
        _server.InterceptingPublishAsync += PublishAsync;
        _server.InterceptingClientEnqueueAsync += ChooseReceiver;
        _server.ClientSubscribedTopicAsync += Subscribed;
        _server.ClientUnsubscribedTopicAsync += Unsubscribed;
        _server.LoadingRetainedMessageAsync += LoadRetained;
        _starting = _server.StartAsync();
        _follower = new LogFollower(log, _last, FollowAsync, lifetime, logger);
    }

    /// <summary>Whether a packet is no message for the client, but tells that all messages before it are written.</summary>
    public static bool IsBarrier(MqttPublishPacket packet) => packet.Topic == BarrierTopic;

    /// <summary>Serves a client until it has gone or has left.</summary>
    public async Task ServeAsync(MovableChannel channel)
    {
        await _starting;
        await _entrance.ClientHandler!(channel);
        if (channel.ClientId is { } id) _channels.TryRemove(KeyValuePair.Create(id, channel));
    }

    /// <summary>False: the client has moved here, but has a younger connection already.</summary>
    public bool TryEnter(MovableChannel channel, string clientId, bool hasMoved)
    {
        if (hasMoved) return _channels.TryAdd(clientId, channel);
        _channels[clientId] = channel;
        return true;
    }

    /// <summary>Gives a client that has moved its subscriptions, and what it has missed.</summary>
    public async Task RestoreAsync(string clientId, ClientState state)
    {
        await _gate.WaitAsync();
        try
        {
            while (_last < state.Last && _log.Read(null, _last) is { Count: > 0 } entries)
            {
                foreach (var entry in entries) await DispatchAsync(entry, receiver: null);
            }

            if (state.Subscriptions.Count == 0) return;
            await _server.SubscribeAsync(clientId, [.. state.Subscriptions.Select(one => one.ToFilter())]);
            var (given, last) = (state.Last, _last);
            while (given < last && _log.Read(null, given) is { Count: > 0 } entries)
            {
                foreach (var entry in entries.TakeWhile(entry => entry.Number <= last)) await DispatchAsync(entry, clientId);
                given = entries[^1].Number;
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Lets no further message go to a client, and returns when those before it are written.</summary>
    /// <returns>The last message that it was given.</returns>
    /// <exception cref="OperationCanceledException">MQTTnet has given up the client.</exception>
    public async Task<long> DetachAsync(MovableChannel channel, CancellationToken cancellation)
    {
        long last;
        await _gate.WaitAsync(cancellation);
        try
        {
            channel.IsDetached = true;
            last = _last;
        }
        finally
        {
            _gate.Release();
        }

        var session = (await _server.GetSessionsAsync()).First(session => session.Id == channel.ClientId);
        await session.DeliverApplicationMessageAsync(new MqttApplicationMessage { Topic = BarrierTopic }).WaitAsync(cancellation);
        return last;
    }

    public async ValueTask DisposeAsync()
    {
        await _follower.DisposeAsync();
        await _starting;
        await _server.StopAsync(new MqttServerStopOptions());
        _server.Dispose();
        _gate.Dispose();
    }

    private async Task FollowAsync(LogEntry entry)
    {
        await _starting;
        await _gate.WaitAsync();
        try
        {
            if (entry.Number > _last) await DispatchAsync(entry, receiver: null);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task DispatchAsync(LogEntry entry, string? receiver)
    {
        _receiver = receiver;
        var stored = StoredMessage.Read(entry.Body);
        await _server.InjectApplicationMessage(new InjectedMqttApplicationMessage(stored.ToMessage())
        {
            SenderClientId = stored.Sender,
            CustomSessionItems = _dispatching,
        });
        _last = Math.Max(_last, entry.Number);
    }

    /// <summary>
    /// Appends what a client publishes. Retained messages have their topic as subject, so that the newest of each can be found.
    /// </summary>
    private async Task PublishAsync(InterceptingPublishEventArgs args)
    {
        if (ReferenceEquals(args.SessionItems, _dispatching)) return;
        args.ProcessPublish = false;
        var message = args.ApplicationMessage;
        if (string.IsNullOrEmpty(message.Topic) || message.Topic.StartsWith('$'))
        {
            args.Response.ReasonCode = MqttPubAckReasonCode.TopicNameInvalid;
            return;
        }

        await _log.AppendAsync(message.Retain ? message.Topic : "", StoredMessage.Of(args.ClientId, message).Write());
    }

    private Task ChooseReceiver(InterceptingClientApplicationMessageEnqueueEventArgs args)
    {
        args.AcceptEnqueue = (_receiver is null || _receiver == args.ReceiverClientId)
            && _channels.TryGetValue(args.ReceiverClientId, out var channel) && !channel.IsDetached;
        return Task.CompletedTask;
    }

    private Task LoadRetained(LoadingRetainedMessagesEventArgs args)
    {
        args.LoadedRetainedMessages = [.. _log.ReadNewest(_last).Select(entry => StoredMessage.Read(entry.Body))
            .Where(message => message.Payload.Length > 0).Select(message => message.ToMessage())];
        return Task.CompletedTask;
    }

    private Task Subscribed(ClientSubscribedTopicEventArgs args)
    {
        if (_channels.TryGetValue(args.ClientId, out var channel)) channel.Subscribed(args.TopicFilter);
        return Task.CompletedTask;
    }

    private Task Unsubscribed(ClientUnsubscribedTopicEventArgs args)
    {
        if (_channels.TryGetValue(args.ClientId, out var channel)) channel.Unsubscribed(args.TopicFilter);
        return Task.CompletedTask;
    }
}
