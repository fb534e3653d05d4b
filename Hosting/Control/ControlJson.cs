using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ActorStack.Actors;
using ActorStack.Actors.Cluster;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using ActorStack.Transport.State;

namespace ActorStack.Hosting.Control;

/// <summary>The JSON of the control API.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<ConnectionSnapshot>))]
[JsonSerializable(typeof(ConnectionSnapshot))]
[JsonSerializable(typeof(IReadOnlyList<NodeConnections>))]
[JsonSerializable(typeof(IReadOnlyList<NodeSnapshot>))]
[JsonSerializable(typeof(IReadOnlyList<MigrationRecord>))]
[JsonSerializable(typeof(MigrationRecord))]
[JsonSerializable(typeof(TcpStatistics))]
[JsonSerializable(typeof(TraceAnswer))]
[JsonSerializable(typeof(StackStatistics))]
[JsonSerializable(typeof(OffloadRequest))]
[JsonSerializable(typeof(HandOffRequest))]
[JsonSerializable(typeof(DrainRequest))]
[JsonSerializable(typeof(BalanceRequest))]
[JsonSerializable(typeof(StackProtocol.Drained))]
[JsonSerializable(typeof(ToeFaultsRequest))]
[JsonSerializable(typeof(IReadOnlyList<GatewayAnswer>))]
[JsonSerializable(typeof(ControlProblem))]
internal sealed partial class ControlJson : JsonSerializerContext
{
    /// <summary>
    /// The options for writing: apostrophes and the like are not escaped, because scripts read the JSON and no page holds it.
    /// </summary>
    public static ControlJson Plain => field ??= new ControlJson(
        new JsonSerializerOptions(s_defaultOptions) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
