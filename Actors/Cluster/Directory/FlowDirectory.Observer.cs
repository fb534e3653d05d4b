namespace ActorStack.Actors.Cluster.Directory;

/// <summary>What the directory hears of the other nodes.</summary>
internal sealed partial class FlowDirectory
{
    public void OnMessage(string node, NodeMessage message)
    {
        lock (_gate)
        {
            switch (message)
            {
                case FlowMessage.Announce announce:
                    OnAnnounce(node, announce);
                    break;
                case FlowMessage.Withdraw withdraw:
                    foreach (var (flow, _) in withdraw.Flows) _table.Withdraw(node, flow);
                    break;
                case FlowMessage.Find find:
                    foreach (var batch in find.Questions.Select(Answer).Chunk(FlowMessage.MostEntries))
                        _network.Send(node, new FlowMessage.Found(batch));
                    break;
                case FlowMessage.Found found:
                    foreach (var answer in found.Answers) OnAnswer(answer);
                    break;
            }
        }
    }

    public void OnNodeJoined(ClusterNode node)
    {
        lock (_gate)
        {
            if (_nodes.Add(node.Name)) Change();
        }
    }

    public void OnNodeRemoved(ClusterNode node)
    {
        lock (_gate)
        {
            if (!_nodes.Remove(node.Name)) return;
            _changes.Remove(node.Name);
            _asked.Remove(node.Name);
            _table.RemoveOwner(node.Name);
            Change();
        }
    }

    /// <summary>A node whose view is older or newer may announce flows of slots that this one does not hold.</summary>
    private void OnAnnounce(string node, FlowMessage.Announce announce)
    {
        foreach (var (flow, epoch) in announce.Flows)
        {
            if (_slots.Holds(_network.Self, SlotTable.SlotOf(flow))) _table.Announce(node, flow, epoch, Now);
        }
    }

    /// <summary>An answer that names this node is of an earlier start of it: a flow that it has is not asked about.</summary>
    private void OnAnswer(in FlowAnswer answer) =>
        _questions.Answer(answer.Owner == _network.Self ? answer with { Owner = "", Epoch = 0 } : answer);

    private FlowAnswer Answer(FlowQuestion question)
    {
        var slot = SlotTable.SlotOf(question.Flow);
        var isSettled = IsSettled && _slots.Holds(_network.Self, slot);
        return FindHere(slot, question.Flow) is { } known
            ? new FlowAnswer(question.Number, known.Owner, known.Epoch, isSettled)
            : new FlowAnswer(question.Number, "", 0, isSettled);
    }

    /// <summary>The members have changed: every owner announces its flows to the holders that are new.</summary>
    private void Change()
    {
        var before = _slots;
        _slots = new SlotTable(_nodes);
        _changedAt = Now;
        _table.Retain(slot => _slots.Holds(_network.Self, slot));
        for (var slot = 0; slot < SlotTable.Count; slot++)
        {
            foreach (var holder in _slots.HoldersOf(slot))
            {
                if (!before.Holds(holder, slot)) Repeat(slot, holder);
            }
        }
    }
}
