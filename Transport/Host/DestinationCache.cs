using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>What one connection learned of the way to a destination, for the next (RFC 9040 section 6). Bounded: those learned longest ago go.</summary>
/// <param name="lifetime">How long it is believed. What is asked for later is forgotten.</param>
internal sealed class DestinationCache<T>(TimeSpan lifetime)
{
    private const int Capacity = 4_096;

    private readonly Dictionary<IpAddress, LinkedListNode<Entry>> _known = [];
    private readonly LinkedList<Entry> _order = [];

    public int Count => _known.Count;

    public void Learn(in IpAddress destination, T value, TimeSpan now)
    {
        Forget(destination);
        _known.Add(destination, _order.AddLast(new Entry(destination, value, now)));
        if (Count > Capacity) Forget(_order.First!.Value.Destination);
    }

    public bool TryFind(in IpAddress destination, TimeSpan now, out T? value)
    {
        value = default;
        if (!_known.TryGetValue(destination, out var known)) return false;
        if (now - known.Value.At >= lifetime)
        {
            Forget(destination);
            return false;
        }

        value = known.Value.Value;
        return true;
    }

    private void Forget(in IpAddress destination)
    {
        if (_known.Remove(destination, out var known)) _order.Remove(known);
    }

    private readonly record struct Entry(IpAddress Destination, T Value, TimeSpan At);
}
