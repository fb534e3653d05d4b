namespace ActorStack.Actors.Cluster;

/// <summary>
/// The lease by silence: a node may emit segments while the majority of the cluster has heard it within the length of the lease.
/// A peer's answer counts from the time at which the node sent the question, because the peer heard the node after that time
/// and cannot have counted it as lost before. One thread changes the lease; any thread may read it.
/// </summary>
/// <param name="length">The time for which a contact counts.</param>
internal sealed class EmissionLease(TimeSpan length)
{
    private const long Expired = long.MinValue;
    private const long Unlimited = long.MaxValue;

    private readonly Dictionary<string, long> _heard = [];
    private IReadOnlyCollection<string> _peers = [];
    private bool _isMember;
    private long _end = Expired;

    /// <summary>The time for which a contact counts.</summary>
    public TimeSpan Length => length;

    /// <summary>Tells whether the node may emit at this time, by the clock of <see cref="OnHeard"/>.</summary>
    public bool Holds(TimeSpan now) => now.Ticks <= Volatile.Read(ref _end);

    /// <summary>
    /// Sets the members whose majority counts. A member alone needs nobody. A node that is no member has no lease.
    /// </summary>
    /// <param name="isMember">The node itself is a member.</param>
    /// <param name="peers">The other members.</param>
    public void SetMembers(bool isMember, IReadOnlyCollection<string> peers)
    {
        (_isMember, _peers) = (isMember, peers);
        Settle();
    }

    /// <summary>
    /// A peer answered the question that this node sent at <paramref name="asked"/>. A peer that is about to become a member may
    /// answer before, so that the lease does not lapse when it becomes one.
    /// </summary>
    public void OnHeard(string peer, TimeSpan asked)
    {
        if (_heard.TryGetValue(peer, out var last) && last >= asked.Ticks) return;
        _heard[peer] = asked.Ticks;
        Settle();
    }

    /// <summary>Forgets the contacts with a peer that is no member any more.</summary>
    public void Forget(string peer)
    {
        if (_heard.Remove(peer)) Settle();
    }

    private void Settle() => Volatile.Write(ref _end, End());

    private long End()
    {
        if (!_isMember) return Expired;
        var needed = (_peers.Count + 1) / 2; // the node itself completes the majority
        if (needed == 0) return Unlimited;
        var heard = _peers.Where(_heard.ContainsKey).Select(peer => _heard[peer]).OrderDescending().Skip(needed - 1).Take(1);
        foreach (var last in heard) return last + length.Ticks;
        return Expired;
    }
}
