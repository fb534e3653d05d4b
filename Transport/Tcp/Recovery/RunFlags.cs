namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>What became of a transmitted run. A run without flags is in the network, sent once.</summary>
[Flags]
internal enum RunFlags : byte
{
    None = 0,

    /// <summary>The peer holds it beyond a gap (RFC 2018).</summary>
    Sacked = 1,

    /// <summary>Its first transmission is believed lost.</summary>
    Lost = 2,

    /// <summary>It was lost and resent, and the resent one is in the network.</summary>
    Retransmitted = 4,

    /// <summary>It was ever resent: its round trip is ambiguous (Karn).</summary>
    EverRetransmitted = 8,

    All = Sacked | Lost | Retransmitted | EverRetransmitted,
}
