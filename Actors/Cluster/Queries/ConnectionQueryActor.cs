using ActorStack.Actors.Connections;
using ActorStack.Transport.Timing;
using Akka.Actor;

namespace ActorStack.Actors.Cluster.Queries;

/// <summary>
/// Collects the connections of all nodes for one requester: pages of the other nodes, within a time limit and a bounded number of
/// connections for each node. It runs on the loop of the stack's actor.
/// </summary>
internal sealed class ConnectionQueryActor : UntypedActor
{
    /// <summary>The time in which a node must send its next page.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    private const string NamePrefix = "connections-";

    /// <summary>The most connections of one node in the answer.</summary>
    private const int MostConnections = 10_000;

    private readonly StackShared _stack;
    private readonly INodeNetwork _network;
    private readonly TimerWheel _wheel;
    private readonly long _number;
    private readonly IActorRef _requester;
    private readonly TimerNode _timer;
    private readonly List<NodeConnections> _done = [];
    private readonly Dictionary<string, Progress> _asked = [];
    private TimeSpan _end;

    public ConnectionQueryActor(StackShared stack, TimerWheel wheel, long number, IActorRef requester)
    {
        (_stack, _network, _wheel, _number, _requester) = (stack, stack.Cluster!, wheel, number, requester);
        _timer = new TimerNode(Self);
    }

    public static string NameOf(long number) => $"{NamePrefix}{number}";

    /// <summary>The actor is a query.</summary>
    public static bool IsOne(IActorRef actor) => actor.Path.Name.StartsWith(NamePrefix, StringComparison.Ordinal);

    public static Props Props(StackShared stack, TimerWheel wheel, long number, IActorRef requester, string dispatcher) =>
        Akka.Actor.Props.Create<ConnectionQueryActor>(stack, wheel, number, requester).WithDispatcher(dispatcher);

    protected override void PreStart()
    {
        string[] others = [.. _network.Nodes.Select(one => one.Name).Where(name => name != _network.Self)];
        foreach (var node in (string[])[_network.Self, .. others]) Ask(node, new Progress("", []));
    }

    protected override void PostStop() => _wheel.Cancel(_timer);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ConnectionQueryRouter.Told { Message: ConnectionQuery.Page page } told:
                OnPage(told.Node, page);
                break;
            case TimerFired when _stack.Now < _end:
                _wheel.Schedule(_timer, _end);
                break;
            case TimerFired:
                foreach (var (node, progress) in _asked)
                    Finish(node, progress.Connections, $"did not answer within {Limit.TotalSeconds:0} s");
                break;
            default:
                Unhandled(message);
                break;
        }

        if (_asked.Count > 0) return;
        _requester.Tell(new StackProtocol.ClusterConnectionList([.. _done.OrderBy(one => one.Node, StringComparer.Ordinal)]));
        Context.Stop(Self);
    }

    /// <summary>A page must go on after the one before it, so that no node keeps the query alive for ever.</summary>
    private void OnPage(string node, ConnectionQuery.Page page)
    {
        if (!_asked.TryGetValue(node, out var progress)) return;
        progress.Connections.AddRange(page.Connections);
        if (page.Next.Length == 0)
        {
            Finish(node, progress.Connections, problem: null);
        }
        else if (progress.Pages == MostConnections / ConnectionQuery.PageSize)
        {
            Finish(
                node, progress.Connections, $"may have more than the {progress.Connections.Count} connections that are listed");
        }
        else if (string.CompareOrdinal(page.Next, progress.After) <= 0)
        {
            Finish(node, progress.Connections, "sent a page that does not go on");
        }
        else
        {
            Ask(node, progress with { After = page.Next, Pages = progress.Pages + 1 });
        }
    }

    private void Finish(string node, IReadOnlyList<ConnectionSnapshot> connections, string? problem)
    {
        if (_asked.Remove(node)) _done.Add(new NodeConnections(node, connections, problem));
    }

    private void Ask(string node, Progress progress)
    {
        _asked[node] = progress;
        var ask = new ConnectionQuery.Ask(_number, progress.After);
        if (node == _network.Self) Context.Parent.Tell(new ConnectionQueryRouter.Told(node, ask));
        else _network.Send(node, ask);
        _end = _stack.Now + Limit;
        _wheel.Schedule(_timer, _end);
    }

    /// <param name="After">The id after which the page begins that was asked for.</param>
    /// <param name="Connections">What has come.</param>
    /// <param name="Pages">The pages that were asked for.</param>
    private sealed record Progress(string After, List<ConnectionSnapshot> Connections, int Pages = 1);
}
