namespace ActorStack.Transport.Emulation.Paths;

/// <summary>What a packet of a TCP connection is, in its direction.</summary>
internal enum PathPacketKind : byte
{
    /// <summary>SYN, RST, and what is not TCP.</summary>
    Other,

    /// <summary>Payload, or a FIN, that was not sent before.</summary>
    Data,

    /// <summary>Payload that was sent before.</summary>
    Resent,

    /// <summary>No payload.</summary>
    Acknowledgment,
}
