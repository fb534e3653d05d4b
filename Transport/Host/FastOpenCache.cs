using ActorStack.Transport.Tcp.Handshake;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// Fast Open cookies that destinations granted (RFC 7413 section 4.1.3), bounded in number; and those where a SYN with payload
/// had no answer, which are spared such for an hour (section 4.1.3.1).
/// </summary>
public sealed class FastOpenCache
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    private readonly DestinationCache<(FastOpenAttempt Attempt, TimeSpan PausedUntil)> _destinations = new(TimeSpan.MaxValue);

    /// <summary>Destinations that are known now.</summary>
    public int Count => _destinations.Count;

    /// <summary>The attempt to open with: a cookie, or a request for one; null: no Fast Open.</summary>
    public FastOpenAttempt? Find(in IpAddress destination, TimeSpan now)
    {
        if (!_destinations.TryFind(destination, now, out var known)) return default(FastOpenAttempt);
        return now < known.PausedUntil ? null : known.Attempt;
    }

    /// <summary>Keeps the cookie that a destination granted, which the next connection opens with.</summary>
    public void Learn(in IpAddress destination, in FastOpenAttempt grant, TimeSpan now) =>
        _destinations.Learn(destination, (grant, TimeSpan.Zero), now);

    /// <summary>
    /// A SYN with payload had no answer: no Fast Open to this destination for an hour from <paramref name="now"/> on.
    /// </summary>
    public void Spare(in IpAddress destination, TimeSpan now) => _destinations.Learn(destination, (default, now + Pause), now);
}
