using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using MQTTnet.Adapter;
using MQTTnet.Channel;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;

namespace ActorStack.Hosting.Tests;

/// <summary>Lets MQTTnet's client use a socket that a test has connected.</summary>
internal sealed class MqttStream(Socket socket) : IMqttChannel, IMqttClientAdapterFactory
{
    private const int BufferSize = 4096;

    private readonly NetworkStream _stream = new(socket, ownsSocket: true);

    public EndPoint RemoteEndPoint => socket.RemoteEndPoint!;

    public EndPoint LocalEndPoint => socket.LocalEndPoint!;

    public X509Certificate2? ClientCertificate => null;

    public bool IsSecureConnection => false;

    public IMqttChannelAdapter CreateClientAdapter(
        MqttClientOptions options, MqttPacketInspector packetInspector, IMqttNetLogger logger) =>
        new MqttChannelAdapter(
            this, new MqttPacketFormatterAdapter(options.ProtocolVersion, new MqttBufferWriter(BufferSize, BufferSize)), logger);

    public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task DisconnectAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        _stream.ReadAsync(buffer, offset, count, cancellationToken);

    public async Task WriteAsync(ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken)
    {
        foreach (var part in buffer) await _stream.WriteAsync(part, cancellationToken);
    }

    public void Dispose() => _stream.Dispose();
}
