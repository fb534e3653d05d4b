namespace ActorStack.Transport.Tcp.Statistics;

/// <summary>Why a connection with something to send is not done with it.</summary>
internal enum SendHold : byte
{
    /// <summary>There is nothing to send, and all is acknowledged.</summary>
    None,

    /// <summary>Network and window of congestion set the pace.</summary>
    Network,

    /// <summary>The peer's window is full.</summary>
    PeerWindow,

    /// <summary>The application waits for room in the send queue, while the window has room.</summary>
    SendLimit,
}
