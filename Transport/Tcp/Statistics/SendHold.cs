namespace ActorStack.Transport.Tcp.Statistics;

/// <summary>The reason why a connection still has something to send.</summary>
internal enum SendHold : byte
{
    /// <summary>There is nothing to send, and all is acknowledged.</summary>
    None,

    /// <summary>The network and the congestion window set the pace.</summary>
    Network,

    /// <summary>The peer's window is full.</summary>
    PeerWindow,

    /// <summary>The application waits for room in the send queue, while the window has room.</summary>
    SendLimit,
}
