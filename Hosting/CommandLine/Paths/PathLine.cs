using System.Text.Json;
using System.Text.Json.Nodes;
using ActorStack.Transport.Emulation.Paths;
using ActorStack.Transport.Links;

namespace ActorStack.CommandLine.Paths;

/// <summary>
/// A path as a line of JSON, laid over a path without faults and limits: what the line leaves out is as declared. By itself
/// generated code gives init-only properties that are missing <c>default</c>, which for a queue is one that drops everything.
/// </summary>
internal static class PathLine
{
    private static readonly PathDescription Clean = new(WireImpairments.None, WireImpairments.None, Seed: 1);

    /// <exception cref="JsonException">It is no JSON, or does not describe a path.</exception>
    public static PathDescription Parse(string line)
    {
        using var given = JsonDocument.Parse(line);
        var path = JsonSerializer.SerializeToNode(Clean, CommandJson.Default.PathDescription)!.AsObject();
        Overlay(path, given.RootElement);
        return path.Deserialize(CommandJson.Default.PathDescription)!;
    }

    private static void Overlay(JsonObject path, JsonElement given)
    {
        if (given.ValueKind is not JsonValueKind.Object) throw new JsonException($"'{given}' is no JSON object.");
        foreach (var member in given.EnumerateObject())
        {
            if (!path.TryGetPropertyValue(member.Name, out var known)) throw new JsonException($"There is no '{member.Name}'.");
            if (known is JsonObject part) Overlay(part, member.Value);
            else path[member.Name] = JsonNode.Parse(member.Value.GetRawText());
        }
    }
}
