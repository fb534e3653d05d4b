using ActorStack.Actors.Cluster;
using ActorStack.Actors.Cluster.Balance;
using Akka.Actor;
using Akka.Event;

namespace ActorStack.Actors;

/// <summary>Gives the connections to the other nodes of the cluster, by an operator's request or before a stop.</summary>
public sealed partial class StackActor
{
    private const string EvacuationName = "evacuation";

    /// <summary>A stop waits for the end of its evacuation.</summary>
    private bool _isEvacuating;

    /// <summary>The loops whose connections in TIME-WAIT the other nodes have not been told of. A stop waits for them.</summary>
    private int _untoldTimeWaits;

    private LoopProtocol.Flows Flows() => new(
        [.. _stack!.Connections.Values.Where(entry => !entry.IsOver).Select(entry => entry.Flow)], _settings.Incarnation ?? _boot,
        _stack.Host.HasCookies(_stack.Now),
        [.. _stack.Connections.Values.Where(entry => !entry.IsOver && entry.Service.Port == 0).Select(entry => entry.Flow)]);

    private void Drain(StackProtocol.Drain drain)
    {
        if (WhyNotDrained(drain.Node) is { } failed)
        {
            Sender.Tell(failed);
            return;
        }

        if (drain.Refuses) _stack!.Leave();
        Evacuate(EvacuationOrder.Drain(_stack!, drain.Node, drain.Limit), Sender);
    }

    private void GiveShares(StackProtocol.Balance balance)
    {
        if (WhyNotDrained(balance.Node) is { } failed)
        {
            Sender.Tell(failed);
        }
        else if (LoadReader.Count(_stack!.Cluster!, _stack!.Connections.Count) is not { } connections)
        {
            Sender.Tell(new StackProtocol.Failed(
                FailureCode.NotNow, "the connections of some node are not known yet", "Try again in a second."));
        }
        else
        {
            var gifts = BalancePlan.Of(_stack!.Cluster!.Self, connections, balance.Node);
            Evacuate(EvacuationOrder.Give(_stack!, gifts, balance.Limit), Sender);
        }
    }

    /// <summary>The rule has decided; it gives nothing while an operator moves connections.</summary>
    private void Give(StackProtocol.Give give)
    {
        if (WhyNotDrained(node: null) is { } failed) Sender.Tell(failed);
        else Evacuate(EvacuationOrder.Give(_stack!, give.Connections, give.Limit), Sender);
    }

    private void StartBalancing()
    {
        if (_settings is { Cluster: not null, Balance: { } balance })
            Context.ActorOf(BalanceActor.Props(_stack!, _wheel!, balance, Context.Dispatcher.Id), "balance");
    }

    private StackProtocol.Failed? WhyNotDrained(string? node)
    {
        if (_stack!.Cluster is not { } cluster || cluster is { IsCluster: false, Nodes.Count: 1 })
        {
            return new StackProtocol.Failed(
                FailureCode.UnknownNode, "this node is in no cluster, so that no other node can take its connections",
                "Start the services as nodes of one cluster.");
        }

        if (!Context.Child(EvacuationName).IsNobody())
            return new StackProtocol.Failed(FailureCode.NotNow, $"node {cluster.Self} gives connections to other nodes already");
        var others = cluster.Nodes.Select(one => one.Name).Where(name => name != cluster.Self).Order().ToList();
        if (node is null ? others.Count > 0 : others.Contains(node)) return null;
        var known = others.Count == 0 ? "there is no other node" : $"others are {string.Join(", ", others)}";
        return new StackProtocol.Failed(
            FailureCode.UnknownNode, node is null ? known : $"there is no other node '{node}'; {known}");
    }

    private void Evacuate(EvacuationOrder order, IActorRef requester) => Context.ActorOf(
        EvacuationActor.Props(_stack!, _wheel!, order, requester, Context.Dispatcher.Id), EvacuationName);

    /// <summary>
    /// Begins a stop with an evacuation, within half of the limit. False: no other node can take connections, or there are none.
    /// An evacuation that an operator has begun goes on beside the stop.
    /// </summary>
    private bool TryEvacuate(StackProtocol.Stop stop)
    {
        if (stop.KeepsConnections || stop.Limit <= TimeSpan.Zero || _linkLost is not null) return false;
        if (_stack!.Connections.IsEmpty || WhyNotDrained(node: null) is not null) return false;
        _isEvacuating = true;
        Evacuate(EvacuationOrder.Drain(_stack, only: null, stop.Limit / 2), Self);
        return true;
    }

    private void OnEvacuated(StackProtocol.Drained drained)
    {
        _isEvacuating = false;
        _movedAtStop = drained.Moved;
        foreach (var (reason, count) in drained.Reasons)
            Log.Info("{0} connections do not move to another node: {1}", count, reason);
        _untoldTimeWaits = _loops.Count;
        foreach (var loop in _loops) loop.Tell(LoopProtocol.ExportTimeWaits.Instance);
        AskToEnd();
    }

    /// <summary>
    /// Any node may get late segments of this one's connections from now on, so that all hear of those in TIME-WAIT.
    /// </summary>
    private void OnTimeWaits(LoopProtocol.TimeWaits timeWaits)
    {
        var cluster = _stack!.Cluster!;
        foreach (var message in TimeWaitMessage.Batches(timeWaits.Entries))
        {
            foreach (var node in cluster.Nodes.Where(node => node.Name != cluster.Self)) cluster.Send(node.Name, message);
        }

        _untoldTimeWaits--;
        FinishIfEmpty();
    }
}
