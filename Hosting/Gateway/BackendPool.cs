using System.Net;

namespace ActorStack.Hosting.Gateway;

/// <summary>
/// The backends of a gateway, and the choice among them. A backend that leaves the configuration gets no new connection, and its
/// own go on. Any thread may use it.
/// </summary>
internal sealed class BackendPool
{
    private readonly Lock _gate = new();
    private volatile IReadOnlyList<Backend> _backends = [];
    private uint _turn;

    public IReadOnlyList<Backend> Backends => _backends;

    /// <summary>Takes the backends of the configuration. One that was there before keeps its figures and its health.</summary>
    public void Set(IReadOnlyList<IPEndPoint> endPoints)
    {
        lock (_gate) _backends = [.. endPoints.Select(endPoint => Find(endPoint) ?? new Backend(endPoint))];
    }

    /// <summary>The backend of an end point; null: it is none any more.</summary>
    public Backend? Find(IPEndPoint endPoint) => _backends.FirstOrDefault(one => one.EndPoint.Equals(endPoint));

    /// <summary>Chooses a backend that is up.</summary>
    /// <param name="among">The end points to choose from.</param>
    /// <param name="balance">How.</param>
    /// <param name="source">The address of the client.</param>
    /// <param name="tried">Backends that have failed for this client.</param>
    public Backend? Choose(
        IReadOnlyList<IPEndPoint> among, GatewayBalance balance, IPAddress source, IReadOnlyCollection<Backend> tried)
    {
        var candidates = _backends.Where(one => one.IsUp && !tried.Contains(one) && among.Contains(one.EndPoint)).ToArray();
        if (candidates.Length <= 1) return candidates.FirstOrDefault();
        return balance switch
        {
            GatewayBalance.ConsistentHash => candidates.MaxBy(one => Weight(one.EndPoint, source)),
            GatewayBalance.RoundRobin => candidates[Turn() % candidates.Length],
            _ => Least(candidates),
        };
    }

    /// <summary>Backends with equally few connections take turns.</summary>
    private Backend Least(Backend[] candidates)
    {
        var (first, least) = (Turn() % candidates.Length, candidates[0]);
        for (var i = 0; i < candidates.Length; i++)
        {
            var candidate = candidates[(first + i) % candidates.Length];
            if (i == 0 || candidate.Connections < least.Connections) least = candidate;
        }

        return least;
    }

    private uint Turn() => Interlocked.Increment(ref _turn) - 1;

    /// <summary>
    /// Rendezvous hashing: each backend has a weight for each client, the same on every node and in every process. FNV-1a with
    /// the finalizer of MurmurHash3, because the end points differ in few bits.
    /// </summary>
    private static ulong Weight(IPEndPoint backend, IPAddress source)
    {
        var hash = 14_695_981_039_346_656_037UL;
        foreach (var value in backend.Address.GetAddressBytes().Concat(source.GetAddressBytes()))
            hash = (hash ^ value) * 1_099_511_628_211UL;
        hash = (hash ^ (ulong)backend.Port) * 1_099_511_628_211UL;
        hash = (hash ^ (hash >> 33)) * 0xFF51_AFD7_ED55_8CCDUL;
        hash = (hash ^ (hash >> 33)) * 0xC4CE_B9FE_1A85_EC53UL;
        return hash ^ (hash >> 33);
    }
}
