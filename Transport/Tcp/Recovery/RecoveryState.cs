namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>The states of loss recovery, by Linux's names. The record carries the number.</summary>
internal enum RecoveryState : byte
{
    /// <summary>Nothing is amiss.</summary>
    Open,

    /// <summary>Something is missing, and may be reordered or lost.</summary>
    Disorder,

    /// <summary>The flight is brought down although nothing is lost, because the path marked a packet (RFC 3168).</summary>
    Reduced,

    /// <summary>Fast recovery: lost segments are retransmitted while acknowledgments arrive.</summary>
    Recovery,

    /// <summary>The retransmission timer expired.</summary>
    Loss,
}
