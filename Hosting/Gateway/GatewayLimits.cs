using System.Net;

namespace ActorStack.Hosting.Gateway;

/// <summary>Counts the clients of a gateway, in all and by address. Any thread may use it.</summary>
internal sealed class GatewayLimits
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _sources = [];
    private int _count;

    public int Count
    {
        get
        {
            lock (_gate) return _count;
        }
    }

    /// <summary>Counts a new client; not null: a limit refuses it, and it is not counted.</summary>
    public GatewayRefusal? TryEnter(IPAddress source, GatewaySettings settings)
    {
        lock (_gate)
        {
            if (_count >= settings.MaximumConnections) return GatewayRefusal.TooManyConnections;
            if (_sources.GetValueOrDefault(source) >= settings.MaximumConnectionsPerSource)
                return GatewayRefusal.TooManyFromSource;
            Add(source);
            return null;
        }
    }

    /// <summary>Counts a client that comes from another node, where the limits have let it in.</summary>
    public void Enter(IPAddress source)
    {
        lock (_gate) Add(source);
    }

    public void Leave(IPAddress source)
    {
        lock (_gate)
        {
            _count--;
            if (--_sources[source] == 0) _sources.Remove(source);
        }
    }

    private void Add(IPAddress source)
    {
        _count++;
        _sources[source] = _sources.GetValueOrDefault(source) + 1;
    }
}
