using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Connections;

/// <summary>
/// Fast Open cookies that destinations granted (RFC 7413 section 4.1.3), bounded in number; and those where a SYN with text had no answer,
/// which are spared such for an hour (section 4.1.3.1).
/// </summary>
internal sealed class FastOpenCache
{
    private const int Capacity = 4_096;
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    private readonly Dictionary<IpAddress, (FastOpenAttempt Attempt, TimeSpan PausedUntil)> _destinations = [];
    private readonly Queue<IpAddress> _order = new();

    public int Count => _destinations.Count;

    /// <summary>What to open with: a cookie, or a request for one; null: without.</summary>
    public FastOpenAttempt? Find(in IpAddress destination, TimeSpan now)
    {
        if (!_destinations.TryGetValue(destination, out var known)) return default(FastOpenAttempt);
        return now < known.PausedUntil ? null : known.Attempt;
    }

    public void Learn(in IpAddress destination, in FastOpenAttempt grant) => Put(destination, (grant, TimeSpan.Zero));

    public void Spare(in IpAddress destination, TimeSpan now) => Put(destination, (default, now + Pause));

    private void Put(in IpAddress destination, (FastOpenAttempt, TimeSpan) known)
    {
        var isNew = !_destinations.ContainsKey(destination);
        _destinations[destination] = known;
        if (!isNew) return;
        _order.Enqueue(destination);
        if (_order.Count > Capacity) _destinations.Remove(_order.Dequeue());
    }
}
