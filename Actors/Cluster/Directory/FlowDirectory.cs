using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Cluster.Directory;

/// <summary>
/// The directory of flows over the nodes' own messages: soft state at the two holders of each slot (<see cref="SlotTable"/>).
/// Owners announce and withdraw their flows in batches, announce anew what moved to other holders after a change of membership,
/// and everything once in a while.
/// </summary>
/// <remarks>
/// Changes are collected for a short time, so that a connection that comes and goes within it costs no message. The first
/// question is asked at once, and those that follow it within that time are collected.
/// </remarks>
internal sealed partial class FlowDirectory : IFlowDirectory, INodeObserver
{
    private const int RefreshesPerExpiry = 3;

    private readonly Lock _gate = new();
    private readonly INodeNetwork _network;
    private readonly TimeProvider _time;
    private readonly FlowDirectorySettings _settings;
    private readonly long _origin;
    private readonly ITimer _turns;
    private readonly ITimer _refreshes;
    private readonly HashSet<string> _nodes;
    private readonly FlowTable _table;
    private readonly FlowQuestions _questions;

    /// <summary>The flows of this node with their epochs, by slot.</summary>
    private readonly Dictionary<FlowKey, long>[] _own = new Dictionary<FlowKey, long>[SlotTable.Count];
    private readonly Dictionary<string, FlowChanges> _changes = [];
    private readonly Dictionary<string, List<FlowQuestion>> _asked = [];
    private SlotTable _slots;
    private TimeSpan _changedAt;
    private int _refreshed;
    private bool _isArmed;

    /// <summary>Starts the directory of a node, which hears the network from now on.</summary>
    public FlowDirectory(INodeNetwork network, TimeProvider time, FlowDirectorySettings? settings = null)
    {
        (_network, _time, _settings) = (network, time, settings ?? new FlowDirectorySettings());
        _origin = time.GetTimestamp();
        for (var slot = 0; slot < SlotTable.Count; slot++) _own[slot] = [];
        _nodes = [network.Self];
        _slots = new SlotTable(_nodes);
        _table = new FlowTable(_settings.Capacity, _settings.RefreshInterval * RefreshesPerExpiry);
        _questions = new FlowQuestions(_settings.MostQuestions);
        _turns = time.CreateTimer(_ => Turn(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var refresh = _settings.RefreshInterval / SlotTable.Count;
        _refreshes = time.CreateTimer(_ => Refresh(), null, refresh, refresh);
        network.Attach(this);
    }

    /// <summary>The flows of the slots that this node holds.</summary>
    public int Held
    {
        get
        {
            lock (_gate) return _table.Count;
        }
    }

    /// <summary>Something waits for the next turn, or for an answer.</summary>
    public bool IsArmed
    {
        get
        {
            lock (_gate) return _isArmed;
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    private bool IsSettled => Now - _changedAt >= _settings.SettleTime && !_table.IsFull;

    public void Announce(in FlowKey flow, long epoch)
    {
        lock (_gate)
        {
            var slot = SlotTable.SlotOf(flow);
            var isFirst = !_own[slot].ContainsKey(flow);
            _own[slot][flow] = epoch;
            foreach (var holder in _slots.HoldersOf(slot))
            {
                if (holder == _network.Self) _table.Announce(holder, flow, epoch, Now);
                else ChangesFor(holder).Announce(flow, epoch, isFirst);
            }
        }
    }

    public void Withdraw(in FlowKey flow)
    {
        lock (_gate)
        {
            var slot = SlotTable.SlotOf(flow);
            if (!_own[slot].Remove(flow, out var epoch)) return;
            foreach (var holder in _slots.HoldersOf(slot))
            {
                if (holder == _network.Self) _table.Withdraw(holder, flow);
                else ChangesFor(holder).Withdraw(flow, epoch);
            }
        }
    }

    public void Find(in FlowKey flow, Action<FlowKey, FlowLookup> answered)
    {
        lock (_gate)
        {
            var slot = SlotTable.SlotOf(flow);
            if (Ask(flow, answered, _slots.HoldersOf(slot), ofOwners: false) is { } known) answered(flow, known);
        }
    }

    public void Confirm(in FlowKey flow, Action<FlowKey, FlowLookup> answered)
    {
        lock (_gate)
        {
            if (Ask(flow, answered, _nodes, ofOwners: true) is { } known) answered(flow, known);
        }
    }

    public void Dispose()
    {
        _turns.Dispose();
        _refreshes.Dispose();
        lock (_gate) _questions.EndAll();
    }

    /// <summary>What is known at once; null: the nodes are asked.</summary>
    private FlowLookup? Ask(in FlowKey flow, Action<FlowKey, FlowLookup> answered, IEnumerable<string> nodes, bool ofOwners)
    {
        if (FindHere(SlotTable.SlotOf(flow), flow) is { } known) return new FlowLookup(known.Owner, known.Epoch, IsSettled: true);
        var others = nodes.Where(node => node != _network.Self).ToList();
        if (others.Count == 0) return new FlowLookup(null, 0, IsSettled);
        if (_questions.Find(flow) is { } asked)
        {
            if (ofOwners && !asked.IsOfOwners) return new FlowLookup(null, 0, IsSettled: false);
            asked.Answered += answered;
            return null;
        }

        if (_questions.IsFull) return new FlowLookup(null, 0, IsSettled: false);
        var question = _questions.Add(flow, answered, others.Count, Now + _settings.FindLimit, ofOwners);
        question.IsSettled = IsSettled;
        foreach (var node in others) QuestionsFor(node).Add(new FlowQuestion(question.Number, flow));
        if (_isArmed) return null;
        SendQuestions();
        Arm();
        return null;
    }

    /// <summary>Sends what was collected, and ends the questions that were not answered in time.</summary>
    private void Turn()
    {
        lock (_gate)
        {
            _isArmed = false;
            _questions.Expire(Now);
            foreach (var (holder, changes) in _changes)
            {
                foreach (var message in changes.Take()) _network.Send(holder, message);
            }

            SendQuestions();
            if (_questions.Count > 0) Arm();
        }
    }

    private void SendQuestions()
    {
        foreach (var (holder, questions) in _asked)
        {
            foreach (var batch in questions.Chunk(FlowMessage.MostEntries)) _network.Send(holder, new FlowMessage.Find(batch));
            questions.Clear();
        }
    }

    private void Arm()
    {
        if (_isArmed) return;
        _isArmed = true;
        _turns.Change(_settings.BatchInterval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Announces the flows of one slot anew, so that all slots take the refresh interval.</summary>
    private void Refresh()
    {
        lock (_gate)
        {
            var slot = _refreshed++ % SlotTable.Count;
            foreach (var holder in _slots.HoldersOf(slot)) Repeat(slot, holder);
            if (slot == 0) _table.Expire(Now);
        }
    }

    private void Repeat(int slot, string holder)
    {
        foreach (var (flow, epoch) in _own[slot])
        {
            if (holder == _network.Self) _table.Announce(holder, flow, epoch, Now);
            else ChangesFor(holder).Repeat(flow, epoch);
        }
    }

    /// <summary>
    /// The owner as this node knows it. Of a flow that is not its own the table may still name it, after a restart.
    /// </summary>
    private (string Owner, long Epoch)? FindHere(int slot, in FlowKey flow)
    {
        if (_own[slot].TryGetValue(flow, out var epoch)) return (_network.Self, epoch);
        return _table.Find(flow) is { } known && known.Owner != _network.Self ? known : null;
    }

    /// <summary>The changes for a holder, which are sent at the next turn.</summary>
    private FlowChanges ChangesFor(string holder)
    {
        Arm();
        return _changes.TryGetValue(holder, out var changes) ? changes : _changes[holder] = new FlowChanges();
    }

    private List<FlowQuestion> QuestionsFor(string holder) =>
        _asked.TryGetValue(holder, out var questions) ? questions : _asked[holder] = [];
}
