using System.Collections;
using System.Diagnostics.CodeAnalysis;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// The flows of one host by their keys. The key is in the flow alone: a dictionary would hold a copy of it, 48 bytes, with half
/// as much again for the places that are free.
/// </summary>
internal sealed class FlowsByKey : IReadOnlyCollection<Flow>
{
    private readonly HashSet<Flow> _flows = new(Keys.Instance);
    private readonly HashSet<Flow>.AlternateLookup<FlowKey> _byKey;

    public FlowsByKey() => _byKey = _flows.GetAlternateLookup<FlowKey>();

    public int Count => _flows.Count;

    public bool TryGetValue(in FlowKey key, [MaybeNullWhen(false)] out Flow flow) => _byKey.TryGetValue(key, out flow);

    public Flow? Find(in FlowKey key) => _byKey.TryGetValue(key, out var flow) ? flow : null;

    public bool Contains(in FlowKey key) => _byKey.Contains(key);

    /// <exception cref="ArgumentException">There is a flow with the same key.</exception>
    public void Add(Flow flow)
    {
        if (!_flows.Add(flow)) throw new ArgumentException($"there is a flow {flow.Key} already", nameof(flow));
    }

    public bool Remove(in FlowKey key) => _byKey.Remove(key);

    public IEnumerator<Flow> GetEnumerator() => _flows.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private sealed class Keys : IEqualityComparer<Flow>, IAlternateEqualityComparer<FlowKey, Flow>
    {
        public static Keys Instance { get; } = new();

        public bool Equals(Flow? left, Flow? right) => left is null ? right is null : right is not null && left.Key == right.Key;

        public int GetHashCode(Flow flow) => flow.Key.GetHashCode();

        public bool Equals(FlowKey key, Flow flow) => key == flow.Key;

        public int GetHashCode(FlowKey key) => key.GetHashCode();

        /// <summary>Never called, because the table adds whole flows.</summary>
        public Flow Create(FlowKey key) => throw new NotSupportedException();
    }
}
