using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorStack.Samples.MqttBroker;

/// <summary>The JSON of the sample.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ClientState))]
[JsonSerializable(typeof(StoredMessage))]
internal sealed partial class BrokerJson : JsonSerializerContext;
