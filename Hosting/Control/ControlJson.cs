using System.Text.Json;
using System.Text.Json.Serialization;
using ActorStack.Actors;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;

namespace ActorStack.Hosting.Control;

/// <summary>The JSON of the control API.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<ConnectionSnapshot>))]
[JsonSerializable(typeof(ConnectionSnapshot))]
[JsonSerializable(typeof(IReadOnlyList<MigrationRecord>))]
[JsonSerializable(typeof(MigrationRecord))]
[JsonSerializable(typeof(StackStatistics))]
[JsonSerializable(typeof(OffloadRequest))]
[JsonSerializable(typeof(ToeFaultsRequest))]
[JsonSerializable(typeof(ControlProblem))]
internal sealed partial class ControlJson : JsonSerializerContext;
