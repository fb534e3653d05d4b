using System.Buffers.Binary;
using System.Net.NetworkInformation;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Links.Steering;

/// <summary>
/// The Ethernet address of a node's tunnel device follows from its tunnel address, so that nodes need not tell each other.
/// </summary>
internal static class TunnelAddresses
{
    // Locally administered, unicast (IEEE 802 section 8.4); one for each IP version.
    private const byte LocalV4 = 0x02;
    private const byte LocalV6 = 0x06;
    private const byte Own = 0xac;

    /// <summary>
    /// Two nodes have different ones, which they need: a VXLAN device drops a frame from its own address. That of an IPv6 address
    /// is a hash of 40 bits.
    /// </summary>
    public static PhysicalAddress Hardware(IpAddress address)
    {
        Span<byte> bytes = stackalloc byte[address.Length];
        address.Write(bytes);
        if (!address.IsIPv6) return new PhysicalAddress([LocalV4, Own, .. bytes]);
        var hash = 14_695_981_039_346_656_037; // FNV-1a
        foreach (var one in bytes) hash = unchecked((hash ^ one) * 1_099_511_628_211);
        Span<byte> folded = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(folded, hash ^ hash >> 40);
        return new PhysicalAddress([LocalV6, .. folded[3..]]);
    }

    /// <summary>
    /// The gateway at the tunnel device by which packets reach the node: its tunnel address itself where all is IPv4. IPv6 lets
    /// no address be at two devices, so that else it is the link-local address of the node's device (RFC 4291 appendix A).
    /// </summary>
    public static IpAddress Gateway(IpAddress address, bool isVirtualIPv6)
    {
        if (!address.IsIPv6 && !isVirtualIPv6) return address;
        var mac = Hardware(address).GetAddressBytes();
        return IpAddress.Read(
            [0xfe, 0x80, 0, 0, 0, 0, 0, 0, (byte)(mac[0] ^ 0x02), mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5]]);
    }
}
