using ActorStack.Hosting;
using Microsoft.AspNetCore.Connections;

namespace ActorStack.Samples.MqttBroker;

/// <summary>
/// Serves a client of the broker. Its connection moves between two packets, with the client's CONNECT packet, its subscriptions,
/// the identifiers of what it has not acknowledged, and its place in the log.
/// </summary>
internal sealed class BrokerHandler(Broker broker) : ConnectionHandler, IMovableHandler
{
    public static string? WhyRefused(ReadOnlyMemory<byte> state) =>
        state.IsEmpty || ClientState.Read(state.Span) is not null ? null : "the state is of another version of the sample";

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        using var channel = new MovableChannel(connection, broker, ClientState.Read(connection.State.Span));
        await broker.ServeAsync(channel);
        if (channel.HasLeft) connection.Leave(channel.Departure?.Write());
    }
}
