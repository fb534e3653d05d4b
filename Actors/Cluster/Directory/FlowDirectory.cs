using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Cluster.Directory;

/// <summary>
/// The directory of flows over the nodes' own messages: soft state at the two holders of each slot (<see cref="SlotTable"/>).
/// Owners announce and withdraw their flows in batches, announce anew what moved to other holders after a change of membership,
/// and everything once in a while.
/// </summary>
internal sealed partial class FlowDirectory : IFlowDirectory, INodeObserver, IDisposable
{
    private const int RefreshesPerExpiry = 3;

    private readonly Lock _gate = new();
    private readonly INodeNetwork _network;
    private readonly TimeProvider _time;
    private readonly FlowDirectorySettings _settings;
    private readonly long _origin;
    private readonly ITimer _timer;
    private readonly HashSet<string> _nodes;
    private readonly FlowTable _table;
    private readonly FlowQuestions _questions;

    /// <summary>The flows of this node with their epochs, by slot.</summary>
    private readonly Dictionary<FlowKey, long>[] _own = new Dictionary<FlowKey, long>[SlotTable.Count];
    private readonly Dictionary<string, FlowChanges> _changes = [];
    private readonly Dictionary<string, List<FlowQuestion>> _asked = [];
    private SlotTable _slots;
    private TimeSpan _changedAt;
    private TimeSpan _nextRefresh;
    private int _refreshed;

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
        _timer = time.CreateTimer(_ => Turn(), null, _settings.BatchInterval, _settings.BatchInterval);
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

    public void Withdraw(in FlowKey flow, long epoch)
    {
        lock (_gate)
        {
            var slot = SlotTable.SlotOf(flow);
            if (!_own[slot].TryGetValue(flow, out var owned) || owned > epoch) return;
            _own[slot].Remove(flow);
            foreach (var holder in _slots.HoldersOf(slot))
            {
                if (holder == _network.Self) _table.Withdraw(holder, flow, epoch);
                else ChangesFor(holder).Withdraw(flow, epoch);
            }
        }
    }

    public ValueTask<FlowLookup> FindAsync(FlowKey flow)
    {
        lock (_gate)
        {
            var slot = SlotTable.SlotOf(flow);
            if (FindHere(slot, flow) is { } known) return new(new FlowLookup(known.Owner, known.Epoch, IsSettled: true));
            var others = _slots.HoldersOf(slot).Where(holder => holder != _network.Self).ToList();
            if (others.Count == 0) return new(new FlowLookup(null, 0, IsSettled));
            if (_questions.Find(flow) is { } asked) return new(asked.Result.Task);
            if (_questions.IsFull) return new(new FlowLookup(null, 0, IsSettled: false));
            var question = _questions.Add(flow, others.Count, Now + _settings.FindLimit);
            question.IsSettled = IsSettled;
            foreach (var holder in others) QuestionsFor(holder).Add(new FlowQuestion(question.Number, flow));
            return new(question.Result.Task);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate) _questions.EndAll();
    }

    /// <summary>Sends what was collected, and refreshes what is due.</summary>
    private void Turn()
    {
        lock (_gate)
        {
            _questions.Expire(Now);
            Refresh();
            foreach (var (holder, changes) in _changes)
            {
                foreach (var message in changes.Take()) _network.Send(holder, message);
            }

            foreach (var (holder, questions) in _asked)
            {
                foreach (var batch in questions.Chunk(FlowMessage.MostEntries)) _network.Send(holder, new FlowMessage.Find(batch));
                questions.Clear();
            }
        }
    }

    /// <summary>Announces the flows of one slot anew, so that all slots take the refresh interval.</summary>
    private void Refresh()
    {
        if (Now < _nextRefresh) return;
        _nextRefresh = Now + _settings.RefreshInterval / SlotTable.Count;
        var slot = _refreshed++ % SlotTable.Count;
        foreach (var holder in _slots.HoldersOf(slot)) Repeat(slot, holder);
        if (slot == 0) _table.Expire(Now);
    }

    private void Repeat(int slot, string holder)
    {
        foreach (var (flow, epoch) in _own[slot])
        {
            if (holder == _network.Self) _table.Announce(holder, flow, epoch, Now);
            else ChangesFor(holder).Repeat(flow, epoch);
        }
    }

    private (string Owner, long Epoch)? FindHere(int slot, in FlowKey flow) =>
        _own[slot].TryGetValue(flow, out var epoch) ? (_network.Self, epoch) : _table.Find(flow);

    private FlowChanges ChangesFor(string holder) =>
        _changes.TryGetValue(holder, out var changes) ? changes : _changes[holder] = new FlowChanges();

    private List<FlowQuestion> QuestionsFor(string holder) =>
        _asked.TryGetValue(holder, out var questions) ? questions : _asked[holder] = [];
}
