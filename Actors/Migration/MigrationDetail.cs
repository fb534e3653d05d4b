using ActorStack.Actors.Migration.Handoff;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;

namespace ActorStack.Actors.Migration;

/// <summary>
/// The texts of a migration's record that say why the migration failed. They are for people; no code compares them.
/// </summary>
internal static class MigrationDetail
{
    public const string ConnectionEnded = "the connection ended";

    public const string GivenUp = "the preparation was given up";

    public static string ServiceStops => MigrationTrigger.ServiceStop.Instance.ToString();

    /// <param name="limit">The time that the migration waited for the journal.</param>
    /// <param name="problem">The known cause of the journal's silence; null: unknown.</param>
    public static string JournalSilent(TimeSpan limit, string? problem) =>
        problem is null ? Silent("the journal", limit) : $"the journal takes no claim: {problem}";

    public static string EngineSilent(TimeSpan limit) => Silent("the engine", limit);

    public static string Refused(RefusalReason reason, string detail) => $"{reason}: {detail}";

    public static string Refused(HandoffRefusal reason, string detail) => $"{reason}: {detail}";

    public static string Removed(string node) => $"node {node} is no member of the cluster any more";

    public static string NodeSilent(string node, TimeSpan limit) => Silent($"node {node}", limit);

    public static string ApplicationBusy(TimeSpan limit) =>
        $"the application did not leave within {limit.TotalSeconds:0.###} s";

    public static string Failed(Owner engine, Exception error) => $"{engine} failed: {error.Message}";

    public static string EndedIn(Owner engine, Exception error) => $"the connection ended in {engine}: {error.Message}";

    public static string Unmovable(TcpState state) => $"the connection is in {state}";

    /// <summary>
    /// Adds the first requester to the detail, because the record of a lost engine names the loss as its trigger.
    /// </summary>
    public static string Lost(string why, MigrationTrigger asked) =>
        asked is MigrationTrigger.EngineLost ? why : $"{why} (asked by {asked})";

    public static string NothingSalvaged(string why) => $"{why}; nothing could be salvaged";

    private static string Silent(string who, TimeSpan limit) => $"nothing from {who} within {limit.TotalSeconds:0.###} s";
}
