using System.Runtime.InteropServices;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// Connections by where they come from: the source's /24 for IPv4 and /64 for IPv6, of which one host commonly has all. As large
/// as there are connections, no larger.
/// </summary>
public sealed class SourceCounts
{
    private readonly Dictionary<IpAddress, Counts> _sources = [];

    /// <summary>Connections in the handshake, from everywhere.</summary>
    public int HalfOpen { get; private set; }

    /// <summary>Connections of the source that has the most.</summary>
    public int MostConnections => _sources.Count == 0 ? 0 : _sources.Values.Max(counts => counts.Connections);

    /// <summary>Connections in the handshake of the source that has the most of them.</summary>
    public int MostHalfOpen => _sources.Count == 0 ? 0 : _sources.Values.Max(counts => counts.HalfOpen);

    public int HalfOpenOf(in IpAddress source) => _sources.GetValueOrDefault(source.Network).HalfOpen;

    public int ConnectionsOf(in IpAddress source) => _sources.GetValueOrDefault(source.Network).Connections;

    /// <summary>A connection begins its handshake.</summary>
    public void Admit(in IpAddress source)
    {
        ref var counts = ref CollectionsMarshal.GetValueRefOrAddDefault(_sources, source.Network, out _);
        counts.Connections++;
        counts.HalfOpen++;
        HalfOpen++;
    }

    public void EndHandshake(in IpAddress source)
    {
        CollectionsMarshal.GetValueRefOrNullRef(_sources, source.Network).HalfOpen--;
        HalfOpen--;
    }

    /// <summary>A connection whose handshake is over is no more.</summary>
    public void Depart(in IpAddress source)
    {
        var prefix = source.Network;
        if (--CollectionsMarshal.GetValueRefOrNullRef(_sources, prefix).Connections == 0) _sources.Remove(prefix);
    }

    private struct Counts
    {
        public int Connections;
        public int HalfOpen;
    }
}
