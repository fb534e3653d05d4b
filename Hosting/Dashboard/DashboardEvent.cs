using ActorStack.Actors;
using ActorStack.Actors.Cluster;
using ActorStack.Hosting.Telemetry;

namespace ActorStack.Hosting.Dashboard;

/// <summary>What a viewer is told after each sample.</summary>
/// <param name="Sample">The number of the sample.</param>
/// <param name="IsFirst">It is the first event of the stream: the moves are all that are remembered.</param>
/// <param name="AllowsActions">The page may move connections.</param>
/// <param name="Engines">The engines of this node.</param>
/// <param name="Nodes">The nodes.</param>
/// <param name="RunsOn">The connections of all nodes, by where they run.</param>
/// <param name="ReceiveRate">Payload bytes a second that this node receives.</param>
/// <param name="SendRate">Payload bytes a second that peers acknowledge.</param>
/// <param name="Statistics">The counters; null: the stack does not answer.</param>
/// <param name="Moves">The moves since the last event.</param>
/// <param name="Problem">Why figures are old or missing; null: they are not.</param>
internal sealed record DashboardEvent(
    long Sample, bool IsFirst, bool AllowsActions, IReadOnlyList<string> Engines, IReadOnlyList<NodeSnapshot> Nodes,
    IReadOnlyDictionary<string, int> RunsOn, double ReceiveRate, double SendRate, StackStatistics? Statistics,
    IReadOnlyList<NumberedMigration> Moves, string? Problem)
{
    public static DashboardEvent Of(
        DashboardSample sample, bool isFirst, bool allowsActions, IReadOnlyList<NumberedMigration> moves) => new(
        sample.Number, isFirst, allowsActions, sample.Engines, sample.Nodes,
        sample.Rows.CountBy(row => row.RunsOn).ToDictionary(), sample.ReceiveRate, sample.SendRate, sample.Statistics, moves,
        sample.Problem);
}
