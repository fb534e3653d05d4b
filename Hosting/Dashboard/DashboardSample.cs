using System.Diagnostics;
using ActorStack.Actors;
using ActorStack.Actors.Cluster;

namespace ActorStack.Hosting.Dashboard;

/// <summary>The connections, the nodes and the counters at one time.</summary>
/// <param name="Number">Counts the samples.</param>
/// <param name="Taken">The timestamp.</param>
/// <param name="Engines">The engines of this node.</param>
/// <param name="Nodes">The nodes of the cluster, or this one.</param>
/// <param name="Statistics">The counters of this node; null: the stack has not answered yet.</param>
/// <param name="Rows">All connections by their id.</param>
/// <param name="ReceiveRate">Payload bytes a second that this node receives.</param>
/// <param name="SendRate">Payload bytes a second that peers acknowledge.</param>
/// <param name="Problem">Why the sample is old or not complete; null: it is complete.</param>
internal sealed record DashboardSample(
    long Number, long Taken, IReadOnlyList<string> Engines, IReadOnlyList<NodeSnapshot> Nodes, StackStatistics? Statistics,
    IReadOnlyList<ConnectionRow> Rows, double ReceiveRate, double SendRate, string? Problem)
{
    private const double ShortestSpan = 0.5;

    private IReadOnlyDictionary<string, ConnectionRow>? _byId;

    /// <summary>The sample before the first one.</summary>
    public static DashboardSample None { get; } = new(0, 0, [], [], null, [], 0, 0, null);

    private IReadOnlyDictionary<string, ConnectionRow> ById => _byId ??= Rows.ToDictionary(row => row.Id);

    /// <summary>The next sample, whose rates are those of the time between the two.</summary>
    public DashboardSample Next(
        IReadOnlyList<string> engines, IReadOnlyList<NodeSnapshot> nodes, StackStatistics statistics,
        IReadOnlyList<NodeConnections> lists, string? problem)
    {
        var now = Stopwatch.GetTimestamp();
        var seconds = Taken == 0 ? 0 : Stopwatch.GetElapsedTime(Taken, now).TotalSeconds;
        var self = nodes.FirstOrDefault(node => node.IsSelf)?.Name;
        var rows = lists
            .SelectMany(list => list.Connections.Select(one => (list.Node, One: one))).DistinctBy(pair => pair.One.Id)
            .Select(pair => ConnectionRow.Of(
                pair.One, pair.Node, pair.Node == self, ById.GetValueOrDefault(pair.One.Id), seconds))
            .OrderBy(row => row.Id.Length).ThenBy(row => row.Id, StringComparer.Ordinal);
        return new DashboardSample(
            Number + 1, now, engines, nodes, statistics, [.. rows],
            Rate(statistics.BytesReceived, Statistics?.BytesReceived, seconds, ReceiveRate),
            Rate(statistics.BytesSent, Statistics?.BytesSent, seconds, SendRate), problem);
    }

    /// <summary>The rows that a viewer wants.</summary>
    public RowPage Page(RowQuery query)
    {
        var matching = query.Select(Rows);
        var offset = Math.Clamp(query.Offset ?? 0, 0, matching.Count);
        return new RowPage(
            Number, Rows.Count, matching.Count, offset, [.. matching.Skip(offset).Take(query.Length)]);
    }

    /// <summary>Bytes a second; 0 while only one sample is known.</summary>
    /// <param name="now">The bytes now.</param>
    /// <param name="before">The bytes of the last sample; null: there is none.</param>
    /// <param name="seconds">The time between the two. In a very short one there is no rate to be seen.</param>
    /// <param name="last">The rate of the last sample, which stays then.</param>
    internal static double Rate(long now, long? before, double seconds, double last) => before switch
    {
        null => 0,
        _ when seconds < ShortestSpan => last,
        { } earlier => Math.Max(0, now - earlier) / seconds,
    };
}
