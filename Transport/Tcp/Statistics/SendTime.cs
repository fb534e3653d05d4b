namespace ActorStack.Transport.Tcp.Statistics;

/// <summary>
/// The chrono of a connection (Linux's <c>tcp_chrono</c>): the time in which it was sending, by the reason that limited it. It
/// only serves statistics.
/// </summary>
internal struct SendTime
{
    private TimeSpan _peerWindow;
    private TimeSpan _sendLimit;
    private TimeSpan _network;

    public SendHold Hold { get; private set; }

    public TimeSpan Since { get; private set; }

    /// <summary>From now on <paramref name="hold"/> holds it up.</summary>
    public void Enter(SendHold hold, TimeSpan now)
    {
        if (hold == Hold) return;
        (_network, _peerWindow, _sendLimit) =
            (Of(SendHold.Network, now), Of(SendHold.PeerWindow, now), Of(SendHold.SendLimit, now));
        (Hold, Since) = (hold, now);
    }

    public readonly TimeSpan Of(SendHold hold, TimeSpan now)
    {
        var before = hold switch
        {
            SendHold.Network => _network,
            SendHold.PeerWindow => _peerWindow,
            SendHold.SendLimit => _sendLimit,
            _ => TimeSpan.Zero,
        };
        return hold == Hold ? before + (now - Since) : before;
    }

    public readonly TimeSpan Busy(TimeSpan now) =>
        Of(SendHold.Network, now) + Of(SendHold.PeerWindow, now) + Of(SendHold.SendLimit, now);

    /// <summary>Continues with the times that another owner counted.</summary>
    public void Restore(SendHold hold, TimeSpan network, TimeSpan peerWindow, TimeSpan sendLimit, TimeSpan now) =>
        (Hold, _network, _peerWindow, _sendLimit, Since) = (hold, network, peerWindow, sendLimit, now);
}
