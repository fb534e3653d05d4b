using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorStack.Hosting.Dashboard;

/// <summary>The JSON that the scripts of the page read.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RowPage))]
[JsonSerializable(typeof(DashboardEvent))]
internal sealed partial class DashboardJson : JsonSerializerContext;
