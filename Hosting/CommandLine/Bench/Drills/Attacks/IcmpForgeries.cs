using System.Buffers.Binary;
using ActorStack.Transport.Wire;

namespace ActorStack.CommandLine.Bench.Drills.Attacks;

/// <summary>ICMP errors that quote a live connection with guessed sequence numbers (RFC 5927), and echo requests.</summary>
internal sealed class IcmpForgeries(AttackLink link, FlowKey victim) : Attack(link)
{
    private const byte Unreachable = 3;
    private const byte FragmentationNeeded = 4;
    private const byte EchoRequest = 8;

    private static readonly (byte Type, byte Code, ushort Mtu)[] Kinds =
    [
        (Unreachable, FragmentationNeeded, 68), (Unreachable, FragmentationNeeded, 576), (Unreachable, FragmentationNeeded, 0),
        (Unreachable, 2, 0), (Unreachable, 3, 0), (11, 0, 0), (4, 0, 0), (EchoRequest, 0, 0),
    ];

    public override void Step() =>
        Link.SendIPv4(AttackLink.Source(Random.Next(1, 65_535)), IpProtocol.Icmp, identification: 0, fragment: 0, Write);

    private int Write(Span<byte> message)
    {
        var (type, code, mtu) = Kinds[Random.Next(Kinds.Length)];
        var length = IcmpLayout.Length + IPv4Layout.Length + 8;
        message[..length].Clear();
        message[IcmpLayout.Type] = type;
        message[IcmpLayout.Code] = code;
        BinaryPrimitives.WriteUInt16BigEndian(message[IcmpLayout.MtuIPv4..], mtu);
        var quoted = message[IcmpLayout.Length..];
        IpHeaderWriter.Write(
            quoted, victim.Remote.Address, victim.Local.Address, IpProtocol.Tcp, hopLimit: 60, trafficClass: 0, 1480);
        var tcp = quoted[IPv4Layout.Length..];
        BinaryPrimitives.WriteUInt16BigEndian(tcp[TcpLayout.SourcePort..], victim.Remote.Port);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[TcpLayout.DestinationPort..], victim.Local.Port);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[TcpLayout.Sequence..], AnyNumber().Value);
        BinaryPrimitives.WriteUInt16BigEndian(message[IcmpLayout.Checksum..], Checksum.Compute(message[..length]));
        return length;
    }
}
