using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Paths;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// Path MTUs (RFC 1191 section 6.2, RFC 8201 section 5.2) and round trips by destination, which one connection measures and the
/// next begins with, whichever end opens it (RFC 9040 section 6). Only what a peer acknowledged counts, so that an address is
/// spoken for by itself alone.
/// </summary>
public sealed class PathCache
{
    private static readonly TimeSpan RoundTripLifetime = TimeSpan.FromMinutes(10);

    /// <summary>
    /// After ten minutes a larger MTU is tried; until a connection has done so, the next does not start with one that may vanish.
    /// </summary>
    private static readonly TimeSpan PathLifetime = TimeSpan.FromHours(1);

    private readonly DestinationCache<PathKnowledge> _paths = new(PathLifetime);
    private readonly DestinationCache<TimeSpan> _roundTrips = new(RoundTripLifetime);

    /// <summary>
    /// Keeps the path that a connection measured. One that carries the whole MTU of the link is nothing to know: what was known
    /// of the destination is then forgotten.
    /// </summary>
    public void LearnPath(in IpAddress destination, PathKnowledge path, TimeSpan now)
    {
        if (path.RaiseAt is null) _paths.Forget(destination); // the link's own
        else _paths.Learn(destination, path, now);
    }

    /// <summary>Keeps the round trip that a connection measured.</summary>
    /// <param name="destination">The peer's address.</param>
    /// <param name="roundTrip">That of a handshake; zero: it could not be measured.</param>
    /// <param name="now">The host's time.</param>
    public void LearnRoundTrip(in IpAddress destination, TimeSpan roundTrip, TimeSpan now)
    {
        if (roundTrip > TimeSpan.Zero) _roundTrips.Learn(destination, roundTrip, now);
    }

    /// <summary>A connection that has sent nothing yet begins with the known path.</summary>
    public void Prepare(TcpConnection connection, in IpAddress destination, TimeSpan now)
    {
        if (_paths.TryFind(destination, now, out var path)) connection.ExpectPath(path, now);
        if (_roundTrips.TryFind(destination, now, out var roundTrip)) connection.ExpectRoundTrip(roundTrip);
    }
}
