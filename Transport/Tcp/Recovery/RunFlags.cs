namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>The fate of a transmitted run. A run without flags was sent once and is in the network.</summary>
[Flags]
internal enum RunFlags : byte
{
    None = 0,

    /// <summary>The peer holds it beyond a gap (RFC 2018).</summary>
    Sacked = 1,

    /// <summary>Its first transmission is believed lost.</summary>
    Lost = 2,

    /// <summary>It was lost and retransmitted, and the retransmission is in the network.</summary>
    Retransmitted = 4,

    /// <summary>It was retransmitted at some time: its round trip is ambiguous (Karn).</summary>
    EverRetransmitted = 8,

    All = Sacked | Lost | Retransmitted | EverRetransmitted,
}
