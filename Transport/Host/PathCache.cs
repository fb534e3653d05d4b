using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>Path MTUs (RFC 1191 section 6.2, RFC 8201 section 5.2) and round trips (RFC 9040 section 6) by destination, believed for ten minutes.</summary>
public sealed class PathCache
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly DestinationCache<int> _mtus = new(Lifetime);
    private readonly DestinationCache<TimeSpan> _roundTrips = new(Lifetime);

    public void LearnMtu(in IpAddress destination, int mtu, TimeSpan now) => _mtus.Learn(destination, mtu, now);

    /// <param name="roundTrip">That of a handshake; zero: it could not be measured.</param>
    public void LearnRoundTrip(in IpAddress destination, TimeSpan roundTrip, TimeSpan now)
    {
        if (roundTrip > TimeSpan.Zero) _roundTrips.Learn(destination, roundTrip, now);
    }

    /// <summary>A connection that has sent nothing yet begins with what is known.</summary>
    public void Prepare(TcpConnection connection, in IpAddress destination, TimeSpan now)
    {
        if (_mtus.TryFind(destination, now, out var mtu)) connection.OnPathMtu((uint)mtu, now);
        if (_roundTrips.TryFind(destination, now, out var roundTrip)) connection.ExpectRoundTrip(roundTrip);
    }
}
