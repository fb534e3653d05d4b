using ActorStack.Actors;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Connections.Behaviours;
using ActorStack.Actors.Migration;

namespace ActorStack.TestKit;

/// <summary>Moves of connections, and the ends of nodes.</summary>
public sealed partial class StackNetwork
{
    private const string Engine = "toe";

    /// <summary>The virtual time in which a connection that is handed over is at one node again.</summary>
    private static readonly TimeSpan FindLimit = TimeSpan.FromSeconds(10);

    /// <summary>Moves a connection into the emulated TOE of its node.</summary>
    /// <param name="peer">The peer of the connection.</param>
    /// <exception cref="ExpectationException">The connection stayed where it was; the message says why.</exception>
    public async Task<MigrationRecord> OffloadAsync(NetworkPeer peer) =>
        await MoveAsync(peer, "the offload", id => new StackProtocol.Offload(id, Engine));

    /// <summary>Moves a connection from the emulated TOE back into the software stack of its node.</summary>
    /// <param name="peer">The peer of the connection.</param>
    /// <exception cref="ExpectationException">The connection stayed where it was; the message says why.</exception>
    public async Task<MigrationRecord> UploadAsync(NetworkPeer peer) =>
        await MoveAsync(peer, "the upload", id => new StackProtocol.Upload(id));

    /// <summary>
    /// Hands a connection to another node. Its handler leaves it with its state, and an instance at the other node goes on.
    /// </summary>
    /// <param name="peer">The peer of the connection.</param>
    /// <param name="to">The other node.</param>
    /// <exception cref="ExpectationException">The connection stayed where it was; the message says why.</exception>
    public async Task<MigrationRecord> HandoffAsync(NetworkPeer peer, StackNode to)
    {
        ArgumentNullException.ThrowIfNull(to);
        return await MoveAsync(peer, $"the handoff to {to}", id => new StackProtocol.HandOff(id, to.Name));
    }

    /// <summary>Finds the node that has the connection of a peer. It waits while a handoff is on its way.</summary>
    /// <param name="peer">The peer of the connection.</param>
    /// <exception cref="ExpectationException">No node has it.</exception>
    public async Task<StackNode> FindAsync(NetworkPeer peer) => (await FindConnectionAsync(peer)).Node;

    /// <summary>
    /// Kills a node: its machine is gone from one moment to the next. Its handlers do not run on, and no packet or message leaves
    /// it. The packets of the peers go to another running node from now on; the cluster removes the dead one some seconds later.
    /// </summary>
    /// <param name="node">The node.</param>
    public void Kill(StackNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (!node.IsRunning) return;
        Log.Add($"node {node} is killed");
        node.IsRunning = false;
        node.Context.IsDead = true;
        _cluster.Crash(node.Name);
        _fabric.Kill(node.Name);
        _fabric.LinkOf(node.Name).IsDead = true;
        RouteAround(node);
    }

    /// <summary>
    /// Stops a node in good order, as at a deploy: the other nodes take the connections that can move, the handlers of the others
    /// are asked to end, and those that are left after 10 seconds are reset.
    /// </summary>
    /// <param name="node">The node.</param>
    public async Task<StackProtocol.Stopped> StopAsync(StackNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var limit = TimeSpan.FromSeconds(10);
        Log.Add($"node {node} stops");
        RouteAround(node);
        var stopped = await AskAsync<StackProtocol.Stopped>(
            node, new StackProtocol.Stop(limit), $"the stop of {node}", limit + Limit);
        node.IsRunning = false;
        _cluster.Leave(node.Name);
        Log.Add($"node {node} has stopped: {stopped.Moved} moved, {stopped.Closed} closed, {stopped.Reset} reset");
        return stopped;
    }

    /// <summary>
    /// Sends the packets of the peers to this node from now on, as a router does. Nodes send what belongs to others on to them.
    /// </summary>
    /// <param name="node">A running node.</param>
    public void RouteTo(StackNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (!node.IsRunning) throw new InvalidOperationException($"The node {node} does not run any more.");
        _fabric.Entrance = node.Name;
    }

    private void RouteAround(StackNode node)
    {
        if (_fabric.Entrance != node.Name) return;
        if (_nodes.Find(other => other.IsRunning && other != node) is { } next) _fabric.Entrance = next.Name;
    }

    private async Task<MigrationRecord> MoveAsync(NetworkPeer peer, string what, Func<string, object> request)
    {
        ArgumentNullException.ThrowIfNull(peer);
        var (node, id) = await FindConnectionAsync(peer);
        Log.Add($"{what} of {id}, whose peer is {peer.Local}, from {node} begins");
        var record = await AskAsync<MigrationRecord>(node, request(id), $"{what} of {id} from {node}");
        Log.Add($"{what} of {id} ends: {record.Outcome}{(record.Detail.Length > 0 ? $", {record.Detail}" : "")}");
        return record.Outcome is MigrationOutcome.Completed
            ? record
            : throw new ExpectationException($"{Capital(what)} of {id} ended {record.Outcome}: {record.Detail}");
    }

    /// <summary>Finds the connection of a peer, and waits until it is established and no move is on its way.</summary>
    private async Task<(StackNode Node, string Id)> FindConnectionAsync(NetworkPeer peer)
    {
        using var expected = Expect($"the node that has the connection of {peer.Local}", FindLimit);
        var remote = peer.Local.ToString();
        while (true)
        {
            var found = new List<(StackNode Node, ConnectionSnapshot Connection)>();
            foreach (var node in _nodes.Where(node => node.IsRunning).ToArray())
            {
                found.AddRange((await node.ListConnectionsAsync())
                    .Where(connection => connection.Remote == remote).Select(connection => (node, connection)));
            }

            if (found is [var (owner, settled)] && IsSettled(settled)) return (owner, settled.Id);
            if (Now >= expected.Deadline) throw expected.InVain(Describe(found));
            await Task.Delay(TimeSpan.FromMilliseconds(10), Time);
        }
    }

    private static bool IsSettled(ConnectionSnapshot connection) =>
        connection.Phase is nameof(ConnectionPhase.Software) or nameof(ConnectionPhase.Offloaded);

    private static string Describe(List<(StackNode Node, ConnectionSnapshot Connection)> found) => found.Count == 0
        ? "no node has it"
        : string.Join(" and ", found.Select(one => $"node {one.Node} has it in phase {one.Connection.Phase}"));
}
