using System.Text.Json;
using System.Text.Json.Serialization;
using ActorStack.CommandLine.Bench;
using ActorStack.CommandLine.Bench.Comparison;
using ActorStack.CommandLine.Bench.Drills;
using ActorStack.CommandLine.Bench.Paths;
using ActorStack.CommandLine.Paths;
using ActorStack.CommandLine.Serve;
using ActorStack.CommandLine.Traffic;
using ActorStack.Transport.Emulation.Paths;

namespace ActorStack.CommandLine;

/// <summary>The JSON that the processes of the demo and the benchmark exchange, and that the benchmark prints.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(MemoryReport))]
[JsonSerializable(typeof(TransferResult))]
[JsonSerializable(typeof(RoundTripResult))]
[JsonSerializable(typeof(ConnectResult))]
[JsonSerializable(typeof(BulkResult))]
[JsonSerializable(typeof(FetchResult))]
[JsonSerializable(typeof(SwarmResult))]
[JsonSerializable(typeof(SteadyResult))]
[JsonSerializable(typeof(CrowdResult))]
[JsonSerializable(typeof(DrillFigure))]
[JsonSerializable(typeof(DrillReport))]
[JsonSerializable(typeof(BenchReport))]
[JsonSerializable(typeof(BenchComparison))]
[JsonSerializable(typeof(PathBenchReport))]
[JsonSerializable(typeof(PathDescription))]
[JsonSerializable(typeof(PathReport))]
[JsonSerializable(typeof(PathRefusal))]
internal sealed partial class CommandJson : JsonSerializerContext;
