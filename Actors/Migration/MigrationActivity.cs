using System.Diagnostics;

namespace ActorStack.Actors.Migration;

/// <summary>
/// Traces each move as an activity of .NET, which exporters of OpenTelemetry call a span. It begins with the claim and ends with
/// the record; each step of the protocol is an event in it.
/// </summary>
/// <remarks>A move that ends without a record, because its connection ended first, has no activity.</remarks>
internal static class MigrationActivity
{
    /// <summary>The name of the source, by which listeners select it.</summary>
    public const string SourceName = "ActorStack";

    private const string ActivityName = "actorstack.migration";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Begins the activity of a move; null where nobody listens.</summary>
    public static Activity? Start()
    {
        if (!Source.HasListeners()) return null;
        var before = Activity.Current;
        var activity = Source.StartActivity(ActivityName);

        // The thread belongs to a loop and serves other connections next, so that the activity must not stay current on it.
        Activity.Current = before;
        return activity;
    }

    /// <summary>Adds a step of the protocol, by the name of its output.</summary>
    public static void Note(Activity? activity, MigrationOutput step)
    {
        if (activity is { IsStopped: false }) activity.AddEvent(new ActivityEvent(step.GetType().Name));
    }

    /// <summary>Ends the activity with the content of the record.</summary>
    public static void End(Activity? activity, MigrationRecord record)
    {
        if (activity is null) return;
        activity.SetTag("actorstack.connection.id", record.ConnectionId);
        activity.SetTag("actorstack.migration.from", record.From);
        activity.SetTag("actorstack.migration.to", record.To);
        activity.SetTag("actorstack.migration.trigger", record.Trigger);
        activity.SetTag("actorstack.migration.epoch", record.Epoch);
        activity.SetTag("actorstack.migration.outcome", record.Outcome.ToString());
        activity.SetTag("actorstack.migration.blackout", record.BlackoutMicroseconds / 1e6);
        if (record.Outcome is not MigrationOutcome.Completed)
            activity.SetStatus(ActivityStatusCode.Error, record.Detail);
        activity.Dispose();
    }
}
