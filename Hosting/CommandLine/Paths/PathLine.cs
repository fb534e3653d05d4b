using System.Text.Json;
using System.Text.Json.Nodes;
using ActorStack.Transport.Emulation.Paths;
using ActorStack.Transport.Links;

namespace ActorStack.CommandLine.Paths;

/// <summary>
/// A path as a line of JSON. A member that the line leaves out keeps the declared default, of a path without faults and limits.
/// System.Text.Json's generated code would set missing init-only properties to <c>default</c>, which for the queue means that
/// it drops every packet.
/// </summary>
internal static class PathLine
{
    private static readonly PathDescription Clean = new(WireImpairments.None, WireImpairments.None, Seed: 1);

    /// <exception cref="JsonException">The line is no JSON, or does not describe a path.</exception>
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
