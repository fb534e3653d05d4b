using System.Runtime.InteropServices;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// Counts connections by the network they come from: the /24 of an IPv4 source and the /64 of an IPv6 one, which commonly belongs
/// to one host as a whole. It grows with the number of connections only. Safe for any thread.
/// </summary>
public sealed class SourceCounts
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IpAddress, Counts> _sources = [];
    private int _halfOpen;

    /// <summary>Connections in the handshake, from all networks.</summary>
    public int HalfOpen => Volatile.Read(ref _halfOpen);

    /// <summary>Connections of the network that has the most.</summary>
    public int MostConnections => Most(counts => counts.Connections);

    /// <summary>Connections in the handshake of the network that has the most of them.</summary>
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

    /// <summary>A connection whose handshake was over has ended.</summary>
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
