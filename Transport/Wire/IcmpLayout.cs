namespace ActorStack.Transport.Wire;

/// <summary>Offsets of ICMP (RFC 792) and ICMPv6 (RFC 4443) messages.</summary>
internal static class IcmpLayout
{
    public const int Type = 0;
    public const int Code = 1;
    public const int Checksum = 2;

    /// <summary>RFC 1191 section 4: the next hop's MTU in the second half of the word that RFC 792 leaves unused.</summary>
    public const int MtuIPv4 = 6;

    public const int MtuIPv6 = 4;

    /// <summary>Length of the header; behind it is the packet that the message is about, or the echo data.</summary>
    public const int Length = 8;
}
