using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace ActorStack.Samples.MqttBroker;

/// <summary>A subscription of a client, as it moves.</summary>
internal sealed record Subscription(string Topic, int QualityOfService, bool NoLocal, bool RetainAsPublished)
{
    public static Subscription Of(MqttTopicFilter filter) =>
        new(filter.Topic, (int)filter.QualityOfServiceLevel, filter.NoLocal, filter.RetainAsPublished);

    /// <summary>The client has had the retained messages.</summary>
    public MqttTopicFilter ToFilter() => new()
    {
        Topic = Topic,
        QualityOfServiceLevel = (MqttQualityOfServiceLevel)QualityOfService,
        NoLocal = NoLocal,
        RetainAsPublished = RetainAsPublished,
        RetainHandling = MqttRetainHandling.DoNotSendOnSubscribe,
    };
}
