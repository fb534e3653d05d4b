namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>How the sender stands to loss; the names are Linux's. The record carries the number.</summary>
internal enum RecoveryState : byte
{
    /// <summary>Nothing is amiss.</summary>
    Open,

    /// <summary>Something arrived out of order and may yet turn out to be lost.</summary>
    Disorder,

    /// <summary>The flight is brought down although nothing is lost: the path marked it (RFC 3168).</summary>
    Reduced,

    /// <summary>Fast recovery: what is lost is resent while acknowledgments come in.</summary>
    Recovery,

    /// <summary>The retransmission timer expired.</summary>
    Loss,
}
