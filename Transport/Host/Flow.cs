using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// One entry of a host's flow table: a connection's addresses, its listener and its owner. Belongs to the host's thread.
/// </summary>
public sealed class Flow
{
    private readonly TcpHost _host;
    private readonly bool _countsForSource;
    private readonly bool _isFastOpen;
    private bool _isHalfOpen;

    /// <summary>Under <see cref="HostShared.Admission"/>.</summary>
    internal Flow(
        TcpHost host, in FlowKey key, Listener listener, PendingOwner owner, bool isHalfOpen, bool countsForSource)
    {
        _host = host;
        Key = key;
        Listener = listener;
        Owner = owner;
        _isHalfOpen = isHalfOpen;
        if (isHalfOpen) listener.Counts.HalfOpen++;
        _isFastOpen = owner.First?.FastOpen.TakesPayload ?? false;
        if (_isFastOpen) listener.Counts.FastOpen++;
        _countsForSource = countsForSource;
        if (countsForSource) host.Shared.Sources.Admit(key.Remote.Address);
        if (countsForSource && !isHalfOpen) host.Shared.Sources.EndHandshake(key.Remote.Address);
    }

    /// <summary>Both ends, seen from this host.</summary>
    public FlowKey Key { get; }

    /// <summary>The listener that admitted the flow, or stands for those who open connections.</summary>
    public Listener Listener { get; }

    /// <summary>The owner, who answers for the flow. There is one at any time; the epoch of a new one is never lower.</summary>
    public FlowOwner Owner { get; private set; }

    /// <summary>The flow has left the table.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Gives the flow to another owner.</summary>
    public void Become(FlowOwner owner)
    {
        if (owner.Epoch < Owner.Epoch)
        {
            throw new InvalidOperationException(
                $"flow {Key} has epoch {Owner.Epoch}; {owner} claims it with the older epoch {owner.Epoch}");
        }

        Owner = owner;
    }

    /// <summary>
    /// The connection left the handshake, one way or the other, and counts against the backlog no more. Further calls change
    /// nothing.
    /// </summary>
    public void EndHandshake()
    {
        if (!_isHalfOpen) return;
        _isHalfOpen = false;
        lock (_host.Shared.Admission)
        {
            Listener.Counts.HalfOpen--;
            if (_isFastOpen) Listener.Counts.FastOpen--;
            if (_countsForSource) _host.Shared.Sources.EndHandshake(Key.Remote.Address);
        }
    }

    /// <summary>
    /// The connection is over: its flow leaves the table and no longer counts for its source. It is called once.
    /// </summary>
    public void Depart(TimeSpan now)
    {
        (Owner as PendingOwner)?.Release();
        Leave(now, isForwarded: false);
    }

    /// <summary>
    /// The connection is at another node: its segments are forwarded from now on, and it no longer counts as a connection of
    /// this host. It is called once, instead of <see cref="Depart"/>. <see cref="TcpHost.EndForwarding"/> ends
    /// the forwarding.
    /// </summary>
    public void MoveTo(NodeOwner node, TimeSpan now)
    {
        Become(node);
        Leave(now, isForwarded: true);
    }

    private void Leave(TimeSpan now, bool isForwarded)
    {
        IsOver = true;
        lock (_host.Shared.Admission)
        {
            if (isForwarded) _host.Shared.Leave();
            else _host.Remove(this);
            if (_isFastOpen && _isHalfOpen) Listener.Counts.NoteFastOpenEnd(now);
            EndHandshake();
            if (_countsForSource) _host.Shared.Sources.Depart(Key.Remote.Address);
        }
    }
}
