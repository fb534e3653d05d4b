using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Server;

namespace ActorStack.Samples.MqttBroker;

/// <summary>The way by which clients come into MQTTnet, instead of its sockets.</summary>
internal sealed class BrokerEntrance : IMqttServerAdapter
{
    /// <summary>Serves a client until it has gone. MQTTnet sets it.</summary>
    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    public Task StartAsync(MqttServerOptions options, IMqttNetLogger logger) => Task.CompletedTask;

    public Task StopAsync() => Task.CompletedTask;

    public void Dispose()
    {
        // There is no socket.
    }
}
