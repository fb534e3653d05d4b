namespace ActorStack.Transport.Wire;

/// <summary>What an ICMP or ICMPv6 message says, as far as a TCP host cares.</summary>
public enum IcmpKind : byte
{
    Other,
    EchoRequest,
    EchoReply,
    DestinationUnreachable,

    /// <summary>ICMP "fragmentation needed and DF set" or ICMPv6 "packet too big".</summary>
    PacketTooBig,
    TimeExceeded,
    ParameterProblem,
}
