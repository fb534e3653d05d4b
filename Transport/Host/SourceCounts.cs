using System.Runtime.InteropServices;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// Connections by where they come from: the source's /24 for IPv4 and /64 for IPv6, of which one host commonly has all. As large
/// as there are connections, no larger. Safe for any thread.
/// </summary>
public sealed class SourceCounts
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IpAddress, Counts> _sources = [];
    private int _halfOpen;

    /// <summary>Connections in the handshake, from everywhere.</summary>
    public int HalfOpen => Volatile.Read(ref _halfOpen);

    /// <summary>Connections of the source that has the most.</summary>
    public int MostConnections => Most(counts => counts.Connections);

    /// <summary>Connections in the handshake of the source that has the most of them.</summary>
    public int MostHalfOpen => Most(counts => counts.HalfOpen);

    /// <summary>Connections in the handshake from the network of <paramref name="source"/>.</summary>
    public int HalfOpenOf(in IpAddress source) => Of(source).HalfOpen;

    /// <summary>Connections from the network of <paramref name="source"/>, those in the handshake included.</summary>
    public int ConnectionsOf(in IpAddress source) => Of(source).Connections;

    /// <summary>A connection begins its handshake.</summary>
    public void Admit(in IpAddress source)
    {
        lock (_gate)
        {
            ref var counts = ref CollectionsMarshal.GetValueRefOrAddDefault(_sources, source.Network, out _);
            counts.Connections++;
            counts.HalfOpen++;
            Volatile.Write(ref _halfOpen, _halfOpen + 1);
        }
    }

    /// <summary>A connection that was admitted is established, or gives up its handshake.</summary>
    public void EndHandshake(in IpAddress source)
    {
        lock (_gate)
        {
            CollectionsMarshal.GetValueRefOrNullRef(_sources, source.Network).HalfOpen--;
            Volatile.Write(ref _halfOpen, _halfOpen - 1);
        }
    }

    /// <summary>A connection whose handshake is over is no more.</summary>
    public void Depart(in IpAddress source)
    {
        var prefix = source.Network;
        lock (_gate)
        {
            if (--CollectionsMarshal.GetValueRefOrNullRef(_sources, prefix).Connections == 0) _sources.Remove(prefix);
        }
    }

    private Counts Of(in IpAddress source)
    {
        lock (_gate) return _sources.GetValueOrDefault(source.Network);
    }

    private int Most(Func<Counts, int> count)
    {
        lock (_gate) return _sources.Count == 0 ? 0 : _sources.Values.Max(count);
    }

    private struct Counts
    {
        public int Connections;
        public int HalfOpen;
    }
}
