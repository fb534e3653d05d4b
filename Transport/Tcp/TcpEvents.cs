namespace ActorStack.Transport.Tcp;

/// <summary>The events of a connection since its host last asked.</summary>
[Flags]
public enum TcpEvents
{
    /// <summary>Nothing happened.</summary>
    None = 0,

    /// <summary>The handshake is done: the application may start.</summary>
    Established = 1,

    /// <summary>The peer sent its FIN; the receive queue was completed.</summary>
    PeerClosed = 2,

    /// <summary>
    /// The connection is over and CLOSED: by both FINs, a RST, a timeout or an abort. See <see cref="TcpConnection.Error"/>.
    /// </summary>
    Closed = 4,

    /// <summary>Both sides closed and TIME-WAIT runs; only the record is still needed.</summary>
    TimeWait = 8,

    /// <summary>Urgent data arrived (received in line, RFC 6093).</summary>
    Urgent = 16,
}
