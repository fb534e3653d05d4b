using System.Buffers.Binary;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Links.Steering;

/// <summary>
/// The key of a flow in the nftables map, in the order of an arriving segment: source address, source port, destination address,
/// destination port, in network byte order, each padded to four bytes.
/// </summary>
internal static class SteeringKey
{
    /// <summary>Bytes of the longest key, that of IPv6.</summary>
    public const int MaximumLength = 2 * (16 + PortLength);

    private const int PortLength = sizeof(uint);

    // The program nft has a number of six bits for each type: ipv4_addr 7, ipv6_addr 8, inet_service 13.
    private const uint TypeV4 = ((7 << 6 | 13) << 6 | 7) << 6 | 13;
    private const uint TypeV6 = ((8 << 6 | 13) << 6 | 8) << 6 | 13;

    public static int Length(bool isIPv6) => 2 * (AddressLength(isIPv6) + PortLength);

    /// <summary>The types of the parts, as nftables has them.</summary>
    public static uint Type(bool isIPv6) => isIPv6 ? TypeV6 : TypeV4;

    /// <summary>Writes the key to the front. Returns its part of the destination.</summary>
    public static ReadOnlySpan<byte> Write(in FlowKey flow, Span<byte> destination)
    {
        var half = Length(flow.Local.Address.IsIPv6) / 2;
        Write(flow.Remote, destination[..half]);
        Write(flow.Local, destination.Slice(half, half));
        return destination[..(2 * half)];
    }

    /// <summary>Reads a key that has <see cref="Length"/> bytes.</summary>
    public static FlowKey Read(ReadOnlySpan<byte> key)
    {
        var half = key.Length / 2;
        return new FlowKey(Local: ReadEnd(key[half..]), Remote: ReadEnd(key[..half]));
    }

    private static void Write(in TcpEndpoint end, Span<byte> destination)
    {
        end.Address.Write(destination);
        var port = destination[end.Address.Length..];
        BinaryPrimitives.WriteUInt16BigEndian(port, end.Port);
        port[sizeof(ushort)..].Clear();
    }

    private static TcpEndpoint ReadEnd(ReadOnlySpan<byte> half)
    {
        var port = half.Length - PortLength;
        return new TcpEndpoint(IpAddress.Read(half[..port]), BinaryPrimitives.ReadUInt16BigEndian(half[port..]));
    }

    private static int AddressLength(bool isIPv6) => isIPv6 ? 16 : 4;
}
