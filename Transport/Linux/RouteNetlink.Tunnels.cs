using System.Buffers.Binary;
using System.Net.NetworkInformation;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Linux;

/// <summary>VXLAN devices of which one serves all tunnels, as the routes tell the outer header, and their neighbours.</summary>
internal sealed partial class RouteNetlink
{
    private const ushort DeleteLink = 17;
    private const ushort NewNeighbour = 28;
    private const ushort LinkAddress = 1;
    private const ushort NeighbourDestination = 1;
    private const ushort NeighbourLinkAddress = 2;

    /// <summary>NUD_PERMANENT.</summary>
    private const ushort Permanent = 0x80;

    // IFLA_VXLAN_LEARNING, _PORT, _COLLECT_METADATA.
    private const ushort VxlanLearning = 7;
    private const ushort VxlanPort = 15;
    private const ushort VxlanExternal = 25;

    /// <summary>The device of this name; null: there is none.</summary>
    public TunnelDescription? FindTunnel(string name)
    {
        TunnelDescription? found = null;
        var request = new NetlinkMessage(GetLink, NetlinkMessage.Acknowledge).Header(new LinkHeader()).Attribute(LinkName, name);
        var error = _socket.Request(request, body =>
        {
            var attributes = new NetlinkAttributes(body[Unsafe.SizeOf<LinkHeader>()..]);
            found = new TunnelDescription(
                MemoryMarshal.Read<LinkHeader>(body).Index, new PhysicalAddress(attributes[LinkAddress].ToArray()),
                PortOf(new NetlinkAttributes(attributes[LinkInformation])));
        });
        if (error is not (0 or Libc.ENODEV)) throw new LinuxException($"looking at the device {name}", error);
        return found;
    }

    /// <summary>Makes a VXLAN device of this name. Returns 0, or what went wrong (errno).</summary>
    public int AddTunnel(string name, PhysicalAddress address, ushort port)
    {
        var portBytes = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(portBytes, port);
        return _socket.Request(new NetlinkMessage(NewLink, Adding).Header(new LinkHeader())
            .Attribute(LinkName, name).Attribute(LinkAddress, address.GetAddressBytes())
            .Nest(LinkInformation, information => information.Attribute(InformationKind, "vxlan")
                .Nest(InformationData, data => data.Attribute(VxlanExternal, [1]).Attribute(VxlanLearning, [0])
                    .Attribute(VxlanPort, portBytes))));
    }

    /// <summary>The name of a device; null: there is none of this index.</summary>
    public string? FindName(int index)
    {
        string? name = null;
        var request = new NetlinkMessage(GetLink, NetlinkMessage.Acknowledge).Header(new LinkHeader { Index = index });
        _socket.Request(request, body => name = Encoding.ASCII.GetString(
            new NetlinkAttributes(body[Unsafe.SizeOf<LinkHeader>()..])[LinkName].TrimEnd((byte)0)));
        return name;
    }

    /// <summary>False where there is none.</summary>
    public bool RemoveLink(int index) => _socket.Request(
        new NetlinkMessage(DeleteLink, NetlinkMessage.Acknowledge).Header(new LinkHeader { Index = index })) switch
    {
        0 => true,
        Libc.ENODEV => false,
        var error => throw new LinuxException($"removing the device {index}", error),
    };

    /// <summary>Says for good which Ethernet address a neighbour has. False where that was said already.</summary>
    public bool AddNeighbour(int index, IpAddress neighbour, PhysicalAddress address, bool replace)
    {
        var how = replace ? NetlinkMessage.Acknowledge | NetlinkMessage.Create | NetlinkMessage.Replace : Adding;
        return TryAdd(
            $"adding the neighbour {neighbour}",
            new NetlinkMessage(NewNeighbour, (ushort)how)
                .Header(new NeighbourHeader { Family = Family(neighbour), Index = index, State = Permanent })
                .Attribute(NeighbourDestination, Bytes(neighbour))
                .Attribute(NeighbourLinkAddress, address.GetAddressBytes()));
    }

    private static ushort? PortOf(NetlinkAttributes information)
    {
        if (!information[InformationKind].StartsWith("vxlan"u8)) return null;
        var data = new NetlinkAttributes(information[InformationData]);
        return data[VxlanExternal] is [1, ..] && data[VxlanPort] is { Length: >= sizeof(ushort) } port
            ? BinaryPrimitives.ReadUInt16BigEndian(port)
            : null;
    }

    /// <summary>struct ndmsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct NeighbourHeader
    {
        public byte Family;
        public byte Padding1;
        public ushort Padding2;
        public int Index;
        public ushort State;
        public byte Flags;
        public byte Type;
    }
}
