using System.Buffers;
using System.Text.Json;
using MQTTnet;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace ActorStack.Samples.MqttBroker;

/// <summary>An application message in the log, with its sender.</summary>
internal sealed record StoredMessage(string Sender, string Topic, byte[] Payload, int QualityOfService, bool Retain)
{
    public string? ContentType { get; init; }

    public string? ResponseTopic { get; init; }

    public byte[]? CorrelationData { get; init; }

    public int PayloadFormat { get; init; }

    public IReadOnlyList<KeyValuePair<string, byte[]>>? UserProperties { get; init; }

    public static StoredMessage Of(string sender, MqttApplicationMessage message) =>
        new(sender, message.Topic, message.Payload.ToArray(), (int)message.QualityOfServiceLevel, message.Retain)
        {
            ContentType = message.ContentType,
            ResponseTopic = message.ResponseTopic,
            CorrelationData = message.CorrelationData,
            PayloadFormat = (int)message.PayloadFormatIndicator,
            UserProperties = message.UserProperties?
                .ConvertAll(property => KeyValuePair.Create(property.Name, property.ValueBuffer.ToArray())),
        };

    public static StoredMessage Read(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, BrokerJson.Default.StoredMessage)!;

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, BrokerJson.Default.StoredMessage);

    public MqttApplicationMessage ToMessage() => new()
    {
        Topic = Topic,
        Payload = new ReadOnlySequence<byte>(Payload),
        QualityOfServiceLevel = (MqttQualityOfServiceLevel)QualityOfService,
        Retain = Retain,
        ContentType = ContentType,
        ResponseTopic = ResponseTopic,
        CorrelationData = CorrelationData,
        PayloadFormatIndicator = (MqttPayloadFormatIndicator)PayloadFormat,
        UserProperties = UserProperties?.Select(property => new MqttUserProperty(property.Key, property.Value)).ToList(),
    };
}
