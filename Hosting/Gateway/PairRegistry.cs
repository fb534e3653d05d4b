namespace ActorStack.Hosting.Gateway;

/// <summary>
/// The pairs of a gateway that have a half at this node, by their ids. There are at most as many as connections. Any thread may
/// use it.
/// </summary>
internal sealed class PairRegistry(Func<GatewayPair> create)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, GatewayPair> _pairs = [];

    /// <summary>The relays that run.</summary>
    public Relay[] Relays
    {
        get
        {
            lock (_gate) return [.. _pairs.Values.Select(pair => pair.Relay).OfType<Relay>()];
        }
    }

    /// <summary>The pair for a half that begins here, or comes.</summary>
    public GatewayPair Enter(string id)
    {
        lock (_gate)
        {
            if (!_pairs.TryGetValue(id, out var pair)) _pairs.Add(id, pair = create());
            pair.Halves++;
            return pair;
        }
    }

    /// <summary>A half has ended, or has left this node.</summary>
    public void Leave(string id)
    {
        lock (_gate)
        {
            if (--_pairs[id].Halves == 0) _pairs.Remove(id);
        }
    }
}
