using ActorStack.Actors.Migration;

namespace ActorStack.Hosting;

/// <summary>The names by which listeners select what a stack measures, for example those of OpenTelemetry.</summary>
public static class ActorStackTelemetry
{
    /// <summary>The meter of all instruments.</summary>
    public const string MeterName = "ActorStack";

    /// <summary>The source of the activities: one for each move of a connection, with its steps as events.</summary>
    public const string ActivitySourceName = MigrationActivity.SourceName;
}
