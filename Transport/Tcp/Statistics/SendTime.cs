namespace ActorStack.Transport.Tcp.Statistics;

/// <summary>Time in which a connection was sending, and what held it up: Linux's <c>tcp_chrono</c>. It is counted only to be seen.</summary>
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
        (_network, _peerWindow, _sendLimit) = (Of(SendHold.Network, now), Of(SendHold.PeerWindow, now), Of(SendHold.SendLimit, now));
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

    public readonly TimeSpan Busy(TimeSpan now) => Of(SendHold.Network, now) + Of(SendHold.PeerWindow, now) + Of(SendHold.SendLimit, now);

    /// <summary>Goes on with what was counted elsewhere.</summary>
    public void Restore(SendHold hold, TimeSpan network, TimeSpan peerWindow, TimeSpan sendLimit, TimeSpan now) =>
        (Hold, _network, _peerWindow, _sendLimit, Since) = (hold, network, peerWindow, sendLimit, now);
}
