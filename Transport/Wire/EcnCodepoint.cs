namespace ActorStack.Transport.Wire;

/// <summary>The two ECN bits of the IP header (RFC 3168 section 5).</summary>
public enum EcnCodepoint : byte
{
    /// <summary>The packet is not ECN-capable.</summary>
    NotEct = 0,

    /// <summary>ECN-capable transport, ECT(1).</summary>
    Ect1 = 1,

    /// <summary>ECN-capable transport, ECT(0).</summary>
    Ect0 = 2,

    /// <summary>A router marked the packet (CE).</summary>
    CongestionExperienced = 3,
}
