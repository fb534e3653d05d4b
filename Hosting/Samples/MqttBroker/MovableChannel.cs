using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using ActorStack.Hosting;
using Microsoft.AspNetCore.Connections;
using MQTTnet.Adapter;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace ActorStack.Samples.MqttBroker;

/// <summary>
/// Carries the packets between a client and MQTTnet, over a connection that moves to another process and so to another MQTTnet.
/// </summary>
/// <remarks>
/// A clean point for a move is reached so: the channel reads no further packet; it waits until MQTTnet has answered those before;
/// no further message is given to the client, and those before it are written. Then MQTTnet gets a DISCONNECT packet, by which it
/// forgets the client and its will. The next process gives its MQTTnet the client's CONNECT packet once more, and keeps the
/// CONNACK to itself. Acknowledgments of messages that an earlier process sent end in the channel, because this MQTTnet has not
/// sent them.
/// </remarks>
internal sealed class MovableChannel : IMqttChannelAdapter
{
    /// <summary>The most bytes of a packet. The receive buffer of the connection has more.</summary>
    private const int LongestPacket = 64 * 1024;

    private const int WriterSize = 4096;

    private readonly ConnectionContext _connection;
    private readonly Broker _broker;
    private readonly ClientState? _arrival;
    private readonly PacketIdentifiers _identifiers;
    private readonly Dictionary<string, Subscription> _subscriptions = [];
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[]? _connect;
    private bool _isReplayed;

    /// <summary>Answers that MQTTnet owes the client; one more until the channel waits for them.</summary>
    private int _owed = 1;

    public MovableChannel(ConnectionContext connection, Broker broker, ClientState? arrival)
    {
        (_connection, _broker, _arrival) = (connection, broker, arrival);
        _identifiers = new PacketIdentifiers(arrival?.InFlight ?? []);
        PacketFormatterAdapter = new MqttPacketFormatterAdapter(new MqttBufferWriter(WriterSize, LongestPacket));
    }

    /// <summary>Null: the client has not sent its CONNECT packet.</summary>
    public string? ClientId { get; private set; }

    /// <summary>No further message goes to the client. The gate of the broker guards it.</summary>
    public bool IsDetached { get; set; }

    /// <summary>MQTTnet has forgotten the client, and the connection can be left.</summary>
    public bool HasLeft { get; private set; }

    /// <summary>What the client takes along; null: it has not sent its CONNECT packet.</summary>
    public ClientState? Departure { get; private set; }

    public EndPoint RemoteEndPoint => _connection.RemoteEndPoint!;

    public EndPoint LocalEndPoint => _connection.LocalEndPoint!;

    public X509Certificate2? ClientCertificate => null;

    public bool IsSecureConnection => false;

    public MqttPacketFormatterAdapter PacketFormatterAdapter { get; }

    public long BytesSent { get; private set; }

    public long BytesReceived { get; private set; }

    public void ResetStatistics() => (BytesSent, BytesReceived) = (0, 0);

    public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The handler ends the connection, or leaves it.</summary>
    public Task DisconnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _writing.Dispose();

    public void Subscribed(MqttTopicFilter filter)
    {
        lock (_subscriptions) _subscriptions[filter.Topic] = Subscription.Of(filter);
    }

    public void Unsubscribed(string topic)
    {
        lock (_subscriptions) _subscriptions.Remove(topic);
    }

    /// <summary>The next packet for MQTTnet.</summary>
    public async Task<MqttPacket?> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        if (_arrival is not null && !_isReplayed)
        {
            _isReplayed = true;
            return Begin(_arrival.Connect, hasMoved: true);
        }

        while (await ReadAsync(cancellationToken) is { } bytes)
        {
            if (_connect is null) return Begin(bytes, hasMoved: false);
            var packet = PacketFormatterAdapter.Decode(PacketFrame.ToReceived(bytes));
            if (Owes(packet)) Interlocked.Increment(ref _owed);
            if (await IsForServerAsync(packet, cancellationToken)) return packet;
        }

        return _connection.IsLeaving ? await LeaveAsync(cancellationToken) : null;
    }

    public async Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken)
    {
        if (packet is MqttConnAckPacket answer)
        {
            if (_arrival is not null)
            {
                await _broker.RestoreAsync(ClientId!, _arrival);
                return;
            }

            answer.TopicAliasMaximum = 0; // an alias would be one more thing that moves
        }

        if (packet is MqttPubRelPacket release) release.PacketIdentifier = _identifiers.ToClient(release.PacketIdentifier);
        if (packet is not MqttPublishPacket publish || !Broker.IsBarrier(publish)) await WriteAsync(packet, cancellationToken);
        if (IsAnswer(packet)) Answered();
    }

    private MqttConnectPacket? Begin(byte[] bytes, bool hasMoved)
    {
        var received = PacketFrame.ToReceived(bytes);
        PacketFormatterAdapter.DetectProtocolVersion(received);
        if (PacketFormatterAdapter.Decode(received) is not MqttConnectPacket connect) return null;
        (_connect, ClientId) = (bytes, connect.ClientId);
        return string.IsNullOrEmpty(ClientId) || _broker.TryEnter(this, ClientId, hasMoved) ? connect : null;
    }

    /// <summary>A packet; null: none comes, because the client has closed or the connection is to move.</summary>
    private async Task<byte[]?> ReadAsync(CancellationToken cancellation)
    {
        var input = _connection.Transport.Input;
        await using var registration = cancellation.Register(input.CancelPendingRead);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            ReadResult read;
            try
            {
                read = await input.ReadAsync(_connection.ConnectionClosedRequested);
            }
            catch (Exception lost) when (lost is IOException or System.Net.Sockets.SocketException)
            {
                throw new MqttCommunicationException(lost.Message, lost);
            }

            if (_connection.IsLeaving)
            {
                input.AdvanceTo(read.Buffer.Start);
                return null;
            }

            var rest = read.Buffer;
            var packet = PacketFrame.TryTake(ref rest, LongestPacket);
            input.AdvanceTo(rest.Start, packet is null ? rest.End : rest.Start);
            BytesReceived += packet?.Length ?? 0;
            if (packet is not null || read.IsCompleted) return packet;
        }
    }

    /// <summary>Translates acknowledgments, and ends those that are not for this MQTTnet.</summary>
    private async Task<bool> IsForServerAsync(MqttPacket packet, CancellationToken cancellation)
    {
        if (packet is MqttPubRecPacket received)
        {
            if (_identifiers.ToServer(received.PacketIdentifier) is { } own)
            {
                received.PacketIdentifier = own;
                return true;
            }

            await WriteAsync(new MqttPubRelPacket { PacketIdentifier = received.PacketIdentifier }, cancellation);
            Answered();
            return false;
        }

        if (packet is not (MqttPubAckPacket or MqttPubCompPacket)) return true;
        var acknowledgment = (MqttPacketWithIdentifier)packet;
        if (_identifiers.End(acknowledgment.PacketIdentifier) is not { } sent) return false;
        acknowledgment.PacketIdentifier = sent;
        return true;
    }

    private async Task WriteAsync(MqttPacket packet, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            var encoded = PacketFormatterAdapter.Encode(packet);
            if (packet is MqttPublishPacket { QualityOfServiceLevel: > MqttQualityOfServiceLevel.AtMostOnce } publish)
            {
                PacketFrame.SetPublishIdentifier(encoded.Packet, _identifiers.Begin(publish.PacketIdentifier));
            }

            var output = _connection.Transport.Output;
            output.Write(encoded.Packet);
            foreach (var part in encoded.Payload) output.Write(part.Span);
            BytesSent += encoded.Length;
            await output.FlushAsync(CancellationToken.None);
        }
        finally
        {
            PacketFormatterAdapter.Cleanup();
            _writing.Release();
        }
    }

    /// <summary>Reaches the clean point, and gives MQTTnet the packet by which it forgets the client.</summary>
    /// <param name="cancellation">MQTTnet has given up the client, for example because of a younger connection of it.</param>
    private async Task<MqttPacket?> LeaveAsync(CancellationToken cancellation)
    {
        HasLeft = _connect is null;
        if (_connect is null) return null;
        Answered();
        await _answered.Task.WaitAsync(cancellation);
        var last = await _broker.DetachAsync(this, cancellation);
        lock (_subscriptions)
        {
            Departure = ClientState.Of(_connect, [.. _subscriptions.Values], last, _identifiers.InFlight);
        }

        HasLeft = true;
        return new MqttDisconnectPacket();
    }

    private void Answered()
    {
        if (Interlocked.Decrement(ref _owed) == 0) _answered.TrySetResult();
    }

    /// <summary>Whether MQTTnet answers the packet by one of its own.</summary>
    private static bool Owes(MqttPacket packet) => packet
        is MqttPublishPacket { QualityOfServiceLevel: > MqttQualityOfServiceLevel.AtMostOnce } or MqttPubRecPacket
        or MqttPubRelPacket or MqttSubscribePacket or MqttUnsubscribePacket or MqttPingReqPacket;

    private static bool IsAnswer(MqttPacket packet) => packet
        is MqttPubAckPacket or MqttPubRecPacket or MqttPubRelPacket or MqttPubCompPacket or MqttSubAckPacket
        or MqttUnsubAckPacket or MqttPingRespPacket;
}
