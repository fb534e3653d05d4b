using System.Diagnostics;
using ActorStack.Actors.Cluster;

namespace ActorStack.Hosting.Dashboard;

/// <summary>
/// Takes samples of the connections for all viewers together, and only while somebody looks. A sample asks every connection, so
/// that the time between two is ten times what the last one took, and a second at least.
/// </summary>
internal sealed class DashboardFeed(IActorStack stack)
{
    private const int Share = 10;

    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task<DashboardSample> _current = Task.FromResult(DashboardSample.None);
    private long _due;

    /// <summary>The last sample, or a new one where the last is too old.</summary>
    public Task<DashboardSample> CurrentAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_current.IsCompleted && Stopwatch.GetTimestamp() >= _due)
            {
                var last = _current.IsCompletedSuccessfully ? _current.Result : DashboardSample.None;
                _due = long.MaxValue;
                _current = Task.Run(() => TakeAsync(last), CancellationToken.None);
            }

            return _current.WaitAsync(cancellation);
        }
    }

    /// <summary>Lets the next viewer get a new sample, because a connection has moved.</summary>
    public void Refresh()
    {
        lock (_gate)
        {
            if (_current.IsCompleted) _due = 0;
        }
    }

    private async Task<DashboardSample> TakeAsync(DashboardSample last)
    {
        var begin = Stopwatch.GetTimestamp();
        try
        {
            return await SampleAsync(last);
        }
        catch (ActorStackException error)
        {
            return last with { Problem = error.Message, Number = last.Number + 1 };
        }
        finally
        {
            var pause = Math.Max(Interval.Ticks, Share * Stopwatch.GetElapsedTime(begin).Ticks);
            lock (_gate) _due = Stopwatch.GetTimestamp() + pause * Stopwatch.Frequency / TimeSpan.TicksPerSecond;
        }
    }

    private async Task<DashboardSample> SampleAsync(DashboardSample last)
    {
        var nodes = await stack.ListNodesAsync(CancellationToken.None);
        var statistics = await stack.GetStatisticsAsync(CancellationToken.None);
        var lists = nodes.Count > 1
            ? await stack.ListClusterConnectionsAsync(CancellationToken.None)
            : [await ListOwnAsync(nodes)];
        var problems = lists.Select(list => list.Problem).OfType<string>().ToList();
        return last.Next(stack.Engines, nodes, statistics, lists, problems.Count > 0 ? string.Join(' ', problems) : null);
    }

    private async Task<NodeConnections> ListOwnAsync(IReadOnlyList<NodeSnapshot> nodes) => new(
        nodes.FirstOrDefault(node => node.IsSelf)?.Name ?? "",
        await stack.ListConnectionsAsync(ended: false, CancellationToken.None), Problem: null);
}
