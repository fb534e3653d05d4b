namespace ActorStack.Transport.Tcp;

/// <summary>The timers of one connection.</summary>
internal enum TcpTimer
{
    Retransmit,
    DelayedAck,
    Persist,
    Keepalive,
    TimeWait,
}
