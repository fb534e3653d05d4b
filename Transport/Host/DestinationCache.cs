using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// What one connection learned of the way to a destination, for the next (RFC 9040 section 6). Bounded, in all and for each
/// network: those learned longest ago go, and whoever has many addresses pushes out its own. From any thread, because connections
/// to one destination run on any loop.
/// </summary>
/// <param name="lifetime">How long it is believed. What is asked for later is forgotten.</param>
internal sealed class DestinationCache<T>(TimeSpan lifetime)
{
    private const int Capacity = 4_096;
    private const int Share = Capacity / 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<IpAddress, SharedRoom<Known>.Entry> _known = [];
    private readonly SharedRoom<Known> _room = new(Capacity, Share);

    public int Count
    {
        get
        {
            lock (_gate) return _known.Count;
        }
    }

    public void Learn(in IpAddress destination, T value, TimeSpan now)
    {
        lock (_gate)
        {
            Remove(destination);
            while (_room.FindExcess(destination, cost: 1) is { } excess) Remove(excess.Value.Destination);
            _known.Add(destination, _room.Add(destination, new Known(destination, value, now), cost: 1));
        }
    }

    public bool TryFind(in IpAddress destination, TimeSpan now, out T? value)
    {
        value = default;
        lock (_gate)
        {
            if (!_known.TryGetValue(destination, out var known)) return false;
            if (now - known.Value.At >= lifetime)
            {
                Remove(destination);
                return false;
            }

            value = known.Value.Value;
            return true;
        }
    }

    public void Forget(in IpAddress destination)
    {
        lock (_gate) Remove(destination);
    }

    private void Remove(in IpAddress destination)
    {
        if (_known.Remove(destination, out var known)) _room.Remove(known);
    }

    private readonly record struct Known(IpAddress Destination, T Value, TimeSpan At);
}
