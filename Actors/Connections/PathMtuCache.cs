using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Connections;

/// <summary>
/// Path MTUs by destination (RFC 1191 section 6.2, RFC 8201 section 5.2): what one connection learned the next begins with. Believed
/// for ten minutes; bounded, the oldest go.
/// </summary>
internal sealed class PathMtuCache
{
    private const int Capacity = 4_096;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly Dictionary<IpAddress, (int Mtu, TimeSpan At)> _paths = [];
    private readonly Queue<(IpAddress Destination, TimeSpan At)> _order = new();

    public int Count => _paths.Count;

    public void Learn(in IpAddress destination, int mtu, TimeSpan now)
    {
        _paths[destination] = (mtu, now);
        _order.Enqueue((destination, now));
        while (_order.Count > Capacity) Forget();
    }

    public int? Find(in IpAddress destination, TimeSpan now)
    {
        while (_order.TryPeek(out var oldest) && now - oldest.At >= Lifetime) Forget();
        return _paths.TryGetValue(destination, out var path) ? path.Mtu : null;
    }

    /// <summary>Where it was learned again since, the newer stays.</summary>
    private void Forget()
    {
        var (destination, at) = _order.Dequeue();
        if (_paths.TryGetValue(destination, out var path) && path.At == at) _paths.Remove(destination);
    }
}
