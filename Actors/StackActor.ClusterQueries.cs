using ActorStack.Actors.Cluster.Queries;
using ActorStack.Actors.Connections;
using Akka.Actor;

namespace ActorStack.Actors;

/// <summary>The connections of all nodes of the cluster, and of this one for the others.</summary>
public sealed partial class StackActor
{
    /// <summary>The most queries of this node at a time.</summary>
    private const int MostQueries = 8;

    private long _lastQuery;

    private void ListCluster()
    {
        if (_stack!.Cluster is null)
        {
            Sender.Tell(new StackProtocol.Failed(
                FailureCode.UnknownNode, "this node is in no cluster", "List its own connections."));
            return;
        }

        if (Context.GetChildren().Count(ConnectionQueryActor.IsOne) >= MostQueries)
        {
            Sender.Tell(new StackProtocol.Failed(FailureCode.NotNow, $"{MostQueries} such lists are being made already"));
            return;
        }

        // The numbers go on after a restart, so that a late answer to an earlier start finds no query.
        _lastQuery = Math.Max(_lastQuery + 1, _stack.Time.GetUtcNow().Ticks);
        Context.ActorOf(
            ConnectionQueryActor.Props(_stack, _wheel!, _lastQuery, Sender, Context.Dispatcher.Id),
            ConnectionQueryActor.NameOf(_lastQuery));
    }

    private void OnNodeTold(ConnectionQueryRouter.Told told)
    {
        if (told.Message is ConnectionQuery.Ask ask) CollectPage(told.Node, ask);
        else if (told.Message is ConnectionQuery.Page page) Context.Child(ConnectionQueryActor.NameOf(page.Number)).Tell(told);
    }

    private void CollectPage(string node, ConnectionQuery.Ask ask)
    {
        var entries = _stack!.Connections
            .Where(entry => string.CompareOrdinal(entry.Key, ask.After) > 0 && entry.Value.Actor is not null)
            .OrderBy(entry => entry.Key, StringComparer.Ordinal).Take(ConnectionQuery.PageSize + 1).ToList();
        var page = entries.Take(ConnectionQuery.PageSize).ToList();
        var next = entries.Count > page.Count ? page[^1].Key : "";
        var questions = page.Select(entry => (entry.Value.Actor!, (object)new StackProtocol.GetConnection(entry.Key))).ToList();
        Context.ActorOf(AnswerCollector<ConnectionSnapshot>.Props(
            Self, questions,
            snapshots => new PageCollected(
                node, new ConnectionQuery.Page(ask.Number, InOrder(snapshots, null).Connections, next)),
            Patience, Context.Dispatcher.Id));
    }

    private void OnPageCollected(PageCollected collected)
    {
        if (collected.Node == _stack!.Cluster!.Self) OnNodeTold(new ConnectionQueryRouter.Told(collected.Node, collected.Page));
        else _stack.Cluster.Send(collected.Node, collected.Page);
    }

    private sealed record PageCollected(string Node, ConnectionQuery.Page Page) : INoSerializationVerificationNeeded;
}
