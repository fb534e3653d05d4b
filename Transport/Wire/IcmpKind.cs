namespace ActorStack.Transport.Wire;

/// <summary>The meaning of an ICMP or ICMPv6 message for a TCP host.</summary>
public enum IcmpKind : byte
{
    /// <summary>A message that a TCP host has no use for.</summary>
    Other,

    /// <summary>Echo request (RFC 792, RFC 4443 section 4.1).</summary>
    EchoRequest,

    /// <summary>Echo reply.</summary>
    EchoReply,

    /// <summary>The destination, its protocol or its port cannot be reached.</summary>
    DestinationUnreachable,

    /// <summary>ICMP "fragmentation needed and DF set" or ICMPv6 "packet too big".</summary>
    PacketTooBig,

    /// <summary>The hop limit, or the time for reassembly, was exceeded.</summary>
    TimeExceeded,

    /// <summary>A router or the destination could not process the header.</summary>
    ParameterProblem,
}
