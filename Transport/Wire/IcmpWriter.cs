using System.Buffers.Binary;

namespace ActorStack.Transport.Wire;

/// <summary>Writes the ICMP and ICMPv6 messages that a host owes.</summary>
public static class IcmpWriter
{
    private const byte EchoReplyIPv4 = 0;
    private const byte EchoReplyIPv6 = 129;

    /// <summary>
    /// Answers an echo request with the whole packet of its echo reply (RFC 1122 section 3.2.2.6, RFC 4443 section 4.2). Returns
    /// its length: the longest is 65,535 bytes with IPv4 and 65,575 with IPv6. 0 where <paramref name="request"/> is no echo
    /// request to and from unicast addresses, or <paramref name="destination"/> has not the room.
    /// </summary>
    public static int WriteEchoReply(Span<byte> destination, in IpPacket request, byte hopLimit)
    {
        if (!IcmpReader.TryRead(request, out var message) || message.Kind != IcmpKind.EchoRequest) return 0;
        var (local, remote) = (request.Flow.Local.Address, request.Flow.Remote.Address);
        var ipLength = IpHeaderWriter.Length(local);
        var length = ipLength + request.Payload.Length;
        if (!local.IsUnicast || !remote.IsUnicast || destination.Length < length) return 0;

        var reply = destination[ipLength..length];
        request.Payload.Span.CopyTo(reply);
        reply[IcmpLayout.Type] = local.IsIPv6 ? EchoReplyIPv6 : EchoReplyIPv4;
        reply.Slice(IcmpLayout.Checksum, sizeof(ushort)).Clear();
        var sum = local.IsIPv6 ? Checksum.PseudoHeader(local, remote, IpProtocol.IcmpV6, reply.Length) : default;
        sum.Add(reply);
        BinaryPrimitives.WriteUInt16BigEndian(reply[IcmpLayout.Checksum..], sum.Value);

        var protocol = local.IsIPv6 ? IpProtocol.IcmpV6 : IpProtocol.Icmp;
        IpHeaderWriter.Write(destination, local, remote, protocol, hopLimit, trafficClass: 0, reply.Length);
        return length;
    }
}
