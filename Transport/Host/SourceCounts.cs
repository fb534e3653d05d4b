using System.Runtime.InteropServices;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// Connections by where they come from: the source's /24 for IPv4 and /64 for IPv6, of which one host commonly has all. As large as
/// there are connections, no larger.
/// </summary>
public sealed class SourceCounts
{
    private const int PrefixBytesIPv4 = 3;
    private const int PrefixBytesIPv6 = 8;

    private readonly Dictionary<IpAddress, Counts> _sources = [];

    /// <summary>Connections in the handshake, from everywhere.</summary>
    public int HalfOpen { get; private set; }

    /// <summary>Connections of the source that has the most.</summary>
    public int MostConnections => _sources.Count == 0 ? 0 : _sources.Values.Max(counts => counts.Connections);

    /// <summary>Connections in the handshake of the source that has the most of them.</summary>
    public int MostHalfOpen => _sources.Count == 0 ? 0 : _sources.Values.Max(counts => counts.HalfOpen);

    public int HalfOpenOf(in IpAddress source) => _sources.GetValueOrDefault(PrefixOf(source)).HalfOpen;

    public int ConnectionsOf(in IpAddress source) => _sources.GetValueOrDefault(PrefixOf(source)).Connections;

    /// <summary>A connection begins its handshake.</summary>
    public void Admit(in IpAddress source)
    {
        ref var counts = ref CollectionsMarshal.GetValueRefOrAddDefault(_sources, PrefixOf(source), out _);
        counts.Connections++;
        counts.HalfOpen++;
        HalfOpen++;
    }

    public void EndHandshake(in IpAddress source)
    {
        CollectionsMarshal.GetValueRefOrNullRef(_sources, PrefixOf(source)).HalfOpen--;
        HalfOpen--;
    }

    /// <summary>A connection whose handshake is over is no more.</summary>
    public void Depart(in IpAddress source)
    {
        var prefix = PrefixOf(source);
        if (--CollectionsMarshal.GetValueRefOrNullRef(_sources, prefix).Connections == 0) _sources.Remove(prefix);
    }

    private static IpAddress PrefixOf(in IpAddress source)
    {
        Span<byte> bytes = stackalloc byte[source.Length];
        source.Write(bytes);
        bytes[(source.IsIPv6 ? PrefixBytesIPv6 : PrefixBytesIPv4)..].Clear();
        return IpAddress.Read(bytes);
    }

    private struct Counts
    {
        public int Connections;
        public int HalfOpen;
    }
}
