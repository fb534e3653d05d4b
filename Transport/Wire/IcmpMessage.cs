namespace ActorStack.Transport.Wire;

/// <summary>An ICMP or ICMPv6 message. Anyone can forge one: check the sequence number first (RFC 5927 section 4.1).</summary>
/// <param name="Kind">The meaning of type and code.</param>
/// <param name="Type">The type as it stands in the message.</param>
/// <param name="Code">The code as it stands in the message.</param>
/// <param name="Mtu">MTU of the next hop, bytes, where <paramref name="Kind"/> is PacketTooBig; 0: the router named none (RFC
/// 1191 section 5).</param>
/// <param name="QuotesTcp">The message quotes a TCP segment, whose flow and sequence number follow.</param>
/// <param name="Flow">The flow of the quoted segment seen from this host: local is the end that sent it.</param>
/// <param name="Sequence">SEG.SEQ of the quoted segment.</param>
public readonly record struct IcmpMessage(
    IcmpKind Kind, byte Type, byte Code, uint Mtu, bool QuotesTcp, FlowKey Flow, SequenceNumber Sequence);
