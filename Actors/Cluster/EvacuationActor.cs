using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using ActorStack.Transport.Timing;
using Akka.Actor;

namespace ActorStack.Actors.Cluster;

/// <summary>
/// Hands connections of a node to other nodes, a bounded number at a time, and tells what became of them: all of them where the
/// node drains, some where it gives other nodes their share. It runs on the loop of the stack's actor.
/// </summary>
internal sealed class EvacuationActor : UntypedActor
{
    /// <summary>The number of handoffs at a time: many share each round trip, and no target has to hold much at once.</summary>
    private const int Parallelism = 64;

    /// <summary>
    /// The most handoffs of one connection that are tried: a node that is busy, or whose journal is late, may take it a little
    /// later.
    /// </summary>
    private const int MostHandoffs = 10;

    /// <summary>The most requests to a connection that declines to move, for example because its service cannot.</summary>
    private const int MostRequests = 2;

    /// <summary>The number of different reasons in the answer; others are counted together.</summary>
    private const int MostReasons = 20;

    private const string OtherReasons = "other reasons";

    /// <summary>The time that a connection rests before it is offered again to nodes that have refused it.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly StackShared _stack;
    private readonly TimerWheel _wheel;
    private readonly IHandoffTargets _targets;
    private readonly MigrationTrigger _trigger;
    private readonly IActorRef _requester;
    private readonly TimerNode _timer;
    private readonly TimeSpan _end;
    private readonly TimeSpan _limit;
    private readonly Queue<Candidate> _waiting = new();
    private readonly Queue<Candidate> _resting = new();
    private readonly Dictionary<IActorRef, Candidate> _moving = [];
    private readonly Dictionary<string, int> _reasons = [];

    /// <summary>The nodes to which connections with a companion go or went, by the ids of the connections.</summary>
    private readonly Dictionary<string, string> _places = [];
    private int _moved;
    private int _ended;
    private double _longestBlackout;

    public EvacuationActor(StackShared stack, TimerWheel wheel, EvacuationOrder order, IActorRef requester)
    {
        (_stack, _wheel, _requester, _limit) = (stack, wheel, requester, order.Limit);
        (_targets, _trigger) = (order.Targets, order.Trigger);
        _timer = new TimerNode(Self);
        _end = stack.Now + order.Limit;
        var queued = new HashSet<string>();
        foreach (var entry in stack.Connections.Values)
        {
            if (_waiting.Count >= order.Most) break;
            Enqueue(entry, order, queued);
            if (entry.Companion is { } companion && stack.Connections.TryGetValue(companion, out var other))
                Enqueue(other, order, queued);
        }
    }

    public static Props Props(
        StackShared stack, TimerWheel wheel, EvacuationOrder order, IActorRef requester, string dispatcher) =>
        Akka.Actor.Props.Create<EvacuationActor>(stack, wheel, order, requester).WithDispatcher(dispatcher);

    protected override void PreStart() => Continue();

    protected override void PostStop() => _wheel.Cancel(_timer);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case MigrationRecord record when _moving.Remove(Sender, out var candidate):
                Context.Unwatch(candidate.Actor);
                OnRecord(candidate, record);
                break;
            case StackProtocol.Failed failed when _moving.Remove(Sender, out var candidate):
                Context.Unwatch(candidate.Actor);
                OnRefused(
                    candidate, failed.Message.Replace($"connection {candidate.Id} ", "", StringComparison.Ordinal), MostRequests);
                break;
            case Terminated terminated when _moving.Remove(terminated.ActorRef):
                _ended++;
                break;
            case TimerFired when _stack.Now >= _end:
                GiveUp();
                return;
            case TimerFired:
                break;
            default:
                Unhandled(message);
                return;
        }

        Continue();
    }

    /// <summary>A connection and its companion stand one behind the other, so that they are apart for a short time.</summary>
    private void Enqueue(FlowEntry entry, EvacuationOrder order, HashSet<string> queued)
    {
        if (entry.IsOver || entry.Actor is not { } actor || !order.Takes(entry) || !queued.Add(entry.Id.Value)) return;
        _waiting.Enqueue(new Candidate(entry, actor));
    }

    private void OnRecord(Candidate candidate, MigrationRecord record)
    {
        if (record.Outcome == MigrationOutcome.Completed)
        {
            _moved++;
            _longestBlackout = Math.Max(_longestBlackout, record.BlackoutMicroseconds);
        }
        else if (record.Detail == MigrationDetail.ConnectionEnded) _ended++;
        else OnRefused(candidate, record.Detail, MostHandoffs);
    }

    /// <summary>
    /// Another node may take what one has refused, and after a pause any of them. What was refused waits behind all others.
    /// </summary>
    private void OnRefused(Candidate candidate, string reason, int most)
    {
        _places.Remove(candidate.Id);
        if (candidate.Tries + 1 >= most)
        {
            Note(reason);
            return;
        }

        var refused = candidate with { Tries = candidate.Tries + 1, Reason = reason };
        if (candidate.Tries == 0) _waiting.Enqueue(refused);
        else Rest(refused);
    }

    /// <summary>Lets a connection that the nodes have refused rest. Then any of them may be asked again.</summary>
    private void Rest(Candidate candidate) => _resting.Enqueue(candidate with { RefusedBy = null, Due = _stack.Now + Pause });

    private void Continue()
    {
        while (_resting.TryPeek(out var rested) && rested.Due <= _stack.Now) _waiting.Enqueue(_resting.Dequeue());
        while (_moving.Count < Parallelism && _waiting.TryDequeue(out var candidate))
        {
            Move(candidate);
            if (_waiting.TryPeek(out var next) && next.Id == candidate.Entry.Companion) Move(_waiting.Dequeue());
        }

        if (_moving.Count + _resting.Count == 0) Finish();
        else _wheel.Schedule(_timer, _resting.TryPeek(out var next) && next.Due < _end ? next.Due : _end);
    }

    private void Move(Candidate candidate)
    {
        if (TargetOf(candidate) is not { } target)
        {
            if (candidate.RefusedBy is not null) Rest(candidate);
            else Note(candidate.Reason ?? "no node of the cluster can take it");
            return;
        }

        if (candidate.Entry.Companion is not null) _places[candidate.Id] = target;
        _moving.Add(candidate.Actor, candidate with { RefusedBy = target });
        Context.Watch(candidate.Actor);
        candidate.Actor.Tell(new ConnectionProtocol.HandOff(target, _trigger), Self);
    }

    /// <summary>The node of the companion, also where it has refused the candidate once; otherwise a node that has not.</summary>
    private string? TargetOf(Candidate candidate)
    {
        if (candidate.Entry.Companion is { } companion && _places.TryGetValue(companion, out var place))
            return candidate.RefusedBy == place ? null : place;
        return _targets.Next(candidate.RefusedBy);
    }

    /// <summary>A handoff that is on its way cannot be recalled: it ends some time after the answer.</summary>
    private void GiveUp()
    {
        foreach (var candidate in _waiting.Concat(_resting))
            Note(candidate.Reason ?? $"was not asked within {_limit.TotalSeconds:0.###} s");
        Note($"was still moving after {_limit.TotalSeconds:0.###} s", _moving.Count);
        Finish();
    }

    private void Note(string reason, int count = 1)
    {
        if (count == 0) return;
        if (_reasons.Count >= MostReasons && !_reasons.ContainsKey(reason)) reason = OtherReasons;
        _reasons[reason] = _reasons.GetValueOrDefault(reason) + count;
    }

    private void Finish()
    {
        _requester.Tell(new StackProtocol.Drained(_moved, _ended, _reasons.Values.Sum(), _reasons)
        {
            LongestBlackoutMicroseconds = _longestBlackout,
        });
        Context.Stop(Self);
    }

    /// <param name="Entry">The connection.</param>
    /// <param name="Actor">Its actor.</param>
    /// <param name="Tries">The tries that have failed.</param>
    /// <param name="RefusedBy">The node to ask last; null: none.</param>
    /// <param name="Reason">The reason why the last try failed; null: none has.</param>
    /// <param name="Due">The end of its rest, where it rests.</param>
    private sealed record Candidate(
        FlowEntry Entry, IActorRef Actor, int Tries = 0, string? RefusedBy = null, string? Reason = null, TimeSpan Due = default)
    {
        public string Id => Entry.Id.Value;
    }
}
