using ActorStack.Actors.Migration;

namespace ActorStack.Hosting.Telemetry;

/// <summary>The kinds of moves in metrics, whose number does not grow with the engines and nodes.</summary>
internal static class MigrationKindName
{
    private const string Node = "node ";

    public static string Of(MigrationRecord record) => record switch
    {
        _ when record.To.StartsWith(Node, StringComparison.Ordinal) => "handoff_out",
        _ when record.From.StartsWith(Node, StringComparison.Ordinal) => "handoff_in",
        { To: "software" } => "upload",
        _ => "offload",
    };
}
