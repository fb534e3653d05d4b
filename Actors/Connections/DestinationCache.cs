using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Connections;

/// <summary>What one connection learned of the way to a destination, for the next (RFC 9040 section 6). Bounded: those learned first go.</summary>
/// <param name="lifetime">How long it is believed.</param>
internal sealed class DestinationCache<T>(TimeSpan lifetime)
{
    private const int Capacity = 4_096;

    private readonly Dictionary<IpAddress, (T Value, TimeSpan At)> _known = [];
    private readonly Queue<IpAddress> _order = new();

    public int Count => _known.Count;

    public void Learn(in IpAddress destination, T value, TimeSpan now)
    {
        var isNew = !_known.ContainsKey(destination);
        _known[destination] = (value, now);
        if (!isNew) return;
        _order.Enqueue(destination);
        if (_order.Count > Capacity) _known.Remove(_order.Dequeue());
    }

    public bool TryFind(in IpAddress destination, TimeSpan now, out T? value)
    {
        var isKnown = _known.TryGetValue(destination, out var known) && now - known.At < lifetime;
        value = isKnown ? known.Value : default;
        return isKnown;
    }
}
