using System.Collections.Concurrent;
using ActorStack.Transport.Links.Steering;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;

namespace ActorStack.Tests.Common.Links;

/// <summary>
/// Steering without a kernel: it keeps which flow has which target, and the network of a test asks it with <see cref="Find"/>
/// where a segment that arrives here is to go.
/// </summary>
/// <param name="capacity">Flows at most.</param>
public sealed class InMemoryFlowSteering(int capacity = int.MaxValue) : IFlowSteering
{
    private readonly ConcurrentDictionary<FlowKey, SteeringTarget> _flows = new();
    private readonly ConcurrentDictionary<int, SteeringTarget> _targets = new();
    private int _lastNumber;
    private volatile bool _isDisposed;

    public int Count => _flows.Count;

    /// <summary>The targets that were added and not withdrawn.</summary>
    public IReadOnlyCollection<SteeringTarget> Targets => [.. _targets.Values];

    /// <summary>Null, or why the next requests fail, as those of a kernel may.</summary>
    public string? Failure { get; set; }

    /// <summary>The way of a segment of this flow; null: it reaches the link.</summary>
    public NextHop? Find(in FlowKey flow) => _flows.TryGetValue(flow, out var target) ? target.NextHop : null;

    public SteeringTarget AddTarget(NextHop nextHop)
    {
        Check();
        var target = new SteeringTarget(Interlocked.Increment(ref _lastNumber), nextHop);
        return _targets[target.Number] = target;
    }

    public void RemoveTarget(SteeringTarget target)
    {
        if (!_targets.TryRemove(target.Number, out _)) return;
        foreach (var (flow, owner) in _flows)
        {
            if (ReferenceEquals(owner, target)) _flows.TryRemove(flow, out _);
        }
    }

    public void Add(in FlowKey flow, SteeringTarget target) => Add([flow], target);

    public void Add(ReadOnlySpan<FlowKey> flows, SteeringTarget target)
    {
        Check();
        if (!_targets.ContainsKey(target.Number)) throw new ArgumentException("the target was withdrawn", nameof(target));
        foreach (var flow in flows)
        {
            if (_flows.Count >= capacity && !_flows.ContainsKey(flow)) throw new LinuxException("the steering is full");
            _flows[flow] = target;
        }
    }

    public void Remove(in FlowKey flow) => Remove([flow]);

    public void Remove(ReadOnlySpan<FlowKey> flows)
    {
        foreach (var flow in flows) _flows.TryRemove(flow, out _);
    }

    public void Clear() => _flows.Clear();

    public void Dispose()
    {
        _isDisposed = true;
        _flows.Clear();
        _targets.Clear();
    }

    private void Check()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (Failure is { } failure) throw new LinuxException(failure);
    }
}
