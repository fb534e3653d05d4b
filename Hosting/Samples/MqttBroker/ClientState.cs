using System.Text.Json;

namespace ActorStack.Samples.MqttBroker;

/// <summary>What a client of the broker takes along when its connection moves. Another build reads it.</summary>
/// <param name="Version">The version of the format.</param>
/// <param name="Connect">The client's CONNECT packet, which the next process gives to MQTTnet once more.</param>
/// <param name="Subscriptions">What it has subscribed to.</param>
/// <param name="Last">The number of the last message in the log that it got, or did not want.</param>
/// <param name="InFlight">The identifiers of the packets that it has not acknowledged yet.</param>
internal sealed record ClientState(
    int Version, byte[] Connect, IReadOnlyList<Subscription> Subscriptions, long Last, IReadOnlyList<ushort> InFlight)
{
    private const int Current = 1;

    public static ClientState Of(
        byte[] connect, IReadOnlyList<Subscription> subscriptions, long last, IReadOnlyList<ushort> inFlight) =>
        new(Current, connect, subscriptions, last, inFlight);

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, BrokerJson.Default.ClientState);

    /// <summary>Null: the state is of another version, or the client has not sent its CONNECT.</summary>
    public static ClientState? Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, BrokerJson.Default.ClientState) is { Version: Current } state ? state : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
