using ActorStack.Actors.Cluster;
using ActorStack.Actors.Serialization.Messages;
using Microsoft.Extensions.Time.Testing;

namespace ActorStack.TestKit.Cluster;

/// <summary>
/// A cluster in memory, in virtual time, with seeded faults. Nothing happens by itself: <see cref="Turn"/> does all that is due
/// at the time of the clock, on the thread that calls it, and <see cref="NextEvent"/> says when more is due.
/// </summary>
/// <param name="settings">Faults and times.</param>
/// <param name="clock">The clock that somebody else advances too; null: the cluster's own, see <see cref="Advance"/>.</param>
internal sealed partial class SimulatedCluster(SimulatedClusterSettings settings, FakeTimeProvider? clock = null)
{
    private static readonly DateTimeOffset NewClockStart = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Random _random = new(settings.Seed);
    private readonly Dictionary<string, SimulatedNode> _nodes = [];
    private readonly List<InFlightMessage> _inFlight = [];
    private readonly Dictionary<(string From, string To), TimeSpan> _lastDue = [];
    private readonly HashSet<(string From, string To)> _cuts = [];
    private readonly List<(TimeSpan DueAt, SimulatedNode To, Action Tell)> _changes = [];
    private readonly DateTimeOffset _origin = clock?.GetUtcNow() ?? NewClockStart;
    private readonly Lock _gate = new();
    private TimeSpan _nextHeartbeat;
    private TimeSpan? _lostSince;
    private long _lastNumber;
    private long _lastIncarnation;

    public SimulatedClusterSettings Settings => settings;

    public FakeTimeProvider Clock { get; } = clock ?? new FakeTimeProvider(NewClockStart);

    /// <summary>Time since the cluster was made.</summary>
    public TimeSpan Now => Clock.GetUtcNow() - _origin;

    /// <summary>The messages that have not arrived, in the order of their sending.</summary>
    public IReadOnlyList<InFlightMessage> InFlight
    {
        get
        {
            lock (_gate) return [.. _inFlight.OrderBy(message => message.Number)];
        }
    }

    /// <summary>Decides which messages are lost, in addition to the draws; null: none.</summary>
    public Predicate<InFlightMessage>? Loses { get; set; }

    /// <summary>The connections that a node reports; null: it has not reported any.</summary>
    public long? ConnectionsOf(string node)
    {
        lock (_gate) return _nodes[node].CountConnections?.Invoke();
    }

    /// <summary>The work that a node reports; null: it has not reported any.</summary>
    public NodeWork? WorkOf(string node)
    {
        lock (_gate) return _nodes[node].Work?.Invoke();
    }

    /// <summary>
    /// What a message becomes on its way: by default it is written and read as between services. A null result: the receiver
    /// cannot read it. Null: the receiver gets the sender's object, which is faster.
    /// </summary>
    public Func<NodeMessage, NodeMessage?>? Codec { get; set; } =
        message => NodeMessageCodec.Read(NodeMessageCodec.Manifest(message), NodeMessageCodec.Write(message));

    /// <summary>Every message that was delivered, for assertions about the whole run.</summary>
    public List<InFlightMessage> Delivered { get; } = [];

    /// <summary>Every message that was sent and not lost at once, for assertions about the whole run.</summary>
    public List<InFlightMessage> Sent { get; } = [];

    /// <summary>The time of the next delivery, heartbeat or change of membership; null: nothing is due at any time.</summary>
    public TimeSpan? NextEvent
    {
        get
        {
            lock (_gate)
            {
                var due = _changes.Where(change => !change.To.IsSuspended).Select(change => change.DueAt);
                if (!settings.IsManual) due = due.Concat(_inFlight.Where(IsReceivable).Select(message => message.DueAt));
                if (_nodes.Values.Any(node => node is { IsRunning: true, IsMember: true })) due = due.Append(_nextHeartbeat);
                return due.Cast<TimeSpan?>().Min();
            }
        }
    }

    public SimulatedNode this[string name] => _nodes[name];

    /// <summary>A message travels, as far as the faults allow. Any thread may send.</summary>
    public void Send(SimulatedNode from, string to, NodeMessage message)
    {
        lock (_gate)
        {
            if (!from.IsRunning || !from.IsMember || !_nodes.TryGetValue(to, out var target) || !target.IsMember) return;
            if (IsCut(from.Self, to) || _random.NextDouble() < settings.Loss) return;
            Post(from.Self, to, message);
            if (_random.NextDouble() < settings.Duplication) Post(from.Self, to, message);
        }
    }

    /// <summary>Does all that is due now. False: nothing was.</summary>
    public bool Turn()
    {
        var worked = BeatIfDue();
        while (TakeDue() is { } deliver)
        {
            deliver();
            worked = true;
        }

        return worked;
    }

    /// <summary>Lets time pass, event by event.</summary>
    public void Advance(TimeSpan time)
    {
        var end = Now + time;
        Turn();
        while (Now < end)
        {
            var next = NextEvent is { } due && due < end ? due : end;
            Clock.Advance(next > Now ? next - Now : TimeSpan.FromTicks(1));
            Turn();
        }
    }

    /// <summary>Delivers a message now, whatever its time is.</summary>
    public void Deliver(InFlightMessage message)
    {
        lock (_gate)
        {
            if (!_inFlight.Remove(message)) throw new InvalidOperationException($"not in flight: {message}");
        }

        Hand(message);
    }

    /// <summary>Loses a message that is in flight.</summary>
    public void Lose(InFlightMessage message)
    {
        lock (_gate) _inFlight.Remove(message);
    }

    /// <summary>Puts a copy of a message into flight, which may have arrived already.</summary>
    public InFlightMessage Duplicate(InFlightMessage message)
    {
        lock (_gate) return Post(message.From, message.To, message.Message);
    }

    private InFlightMessage Post(string from, string to, NodeMessage message)
    {
        var due = Now + settings.LeastDelay + (_random.NextDouble() * (settings.GreatestDelay - settings.LeastDelay));
        if (_random.NextDouble() >= settings.Reordering)
        {
            due = _lastDue.TryGetValue((from, to), out var last) && last > due ? last : due;
            _lastDue[(from, to)] = due;
        }

        var posted = new InFlightMessage(++_lastNumber, from, to, due, message);
        _inFlight.Add(posted);
        Sent.Add(posted);
        return posted;
    }

    /// <summary>A suspended node receives when it goes on; until then its messages wait, as in its sockets.</summary>
    private bool IsReceivable(InFlightMessage message) => !_nodes[message.To].IsSuspended;

    private Action? TakeDue()
    {
        lock (_gate)
        {
            var change = _changes.FindIndex(change => change.DueAt <= Now && !change.To.IsSuspended);
            if (change >= 0)
            {
                var (_, to, tell) = _changes[change];
                _changes.RemoveAt(change);
                return () =>
                {
                    if (to.IsRunning) tell();
                };
            }

            if (settings.IsManual) return null;
            var next = _inFlight.Where(message => message.DueAt <= Now && IsReceivable(message))
                .OrderBy(message => (message.DueAt, message.Number)).FirstOrDefault();
            if (next is null) return null;
            _inFlight.Remove(next);
            return () => Hand(next);
        }
    }

    private void Hand(InFlightMessage message)
    {
        INodeObserver[] observers;
        lock (_gate)
        {
            var (from, to) = (_nodes[message.From], _nodes[message.To]);
            if (!from.IsMember || !to.IsRunning || IsCut(message.From, message.To) || Loses?.Invoke(message) is true) return;
            observers = [.. to.Observers];
            Delivered.Add(message);
        }

        var read = Codec is null ? message.Message : Codec(message.Message);
        if (read is null) return;
        foreach (var observer in observers) observer.OnMessage(message.From, read);
    }
}
