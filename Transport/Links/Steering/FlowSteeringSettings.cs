using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Links.Steering;

/// <summary>How a <see cref="KernelFlowSteering"/> is set up.</summary>
/// <param name="Name">The name in that of the nftables tables, <c>actorstack-NAME</c>; unique in a network namespace. Usually the
/// link's name.</param>
/// <param name="Addresses">The virtual addresses whose flows may move.</param>
public sealed record FlowSteeringSettings(string Name, IReadOnlyList<IpAddress> Addresses)
{
    /// <summary>Targets that a steering can have at once.</summary>
    public const int MostTargets = 256;

    /// <summary>Bytes that VXLAN adds to a packet over IPv4: IPv4, UDP, VXLAN and the inner Ethernet header.</summary>
    private const int OverheadV4 = 50;
    private const int OverheadV6 = 70;
    private const int EthernetMtu = 1500;

    /// <summary>Flows that are steered at once. The kernel takes 16 bytes for each of them at the start.</summary>
    public int Capacity { get; init; } = 1 << 18;

    /// <summary>
    /// This node's own address at which the nodes behind routers reach its tunnel; null: it has no tunnel, so that no <see
    /// cref="TunnelHop"/> leads from or to it.
    /// </summary>
    public IpAddress? TunnelAddress { get; init; }

    /// <summary>
    /// The VXLAN device, 1 to 15 characters. All processes of a network namespace share it; the last one removes it.
    /// </summary>
    public string TunnelDevice { get; init; } = "actorstack-vx";

    /// <summary>The UDP port of the tunnels of all nodes.</summary>
    public ushort TunnelPort { get; init; } = 4789;

    /// <summary>The VXLAN network identifier of the tunnels of all nodes, 24 bits.</summary>
    public uint TunnelNetwork { get; init; } = 0xAC70;

    /// <summary>
    /// The largest IP packet through the tunnel, bytes. Null: what an MTU of 1,500 bytes between the nodes leaves, 1,450 over
    /// IPv4 and 1,430 over IPv6. Connections should announce an MSS for it from the SYN,ACK on: a larger segment of a flow
    /// that moved
    /// is lost, and the peer told to send smaller ones.
    /// </summary>
    public int? TunnelMtu { get; init; }

    /// <summary>
    /// The first firewall mark of the targets, whose low 8 bits are 0; target N has this plus N. 0, as it is made: each name has
    /// its own.
    /// </summary>
    public uint Mark { get; init; }

    /// <summary>The first routing table of the targets, numbered like their marks. 0: each name has its own.</summary>
    public uint RouteTable { get; init; }

    /// <summary>The priority of the rules that look marked packets up in these tables.</summary>
    public uint RulePriority { get; init; } = 99;

    /// <summary>
    /// The kernel engine of the process has the last word on a segment that is in the map, so that connections of the map may be
    /// in the kernel. False: the map has it.
    /// </summary>
    public bool IsBeforeEngine { get; init; }

    /// <summary>Segments that processes of this host send to a virtual address are steered too.</summary>
    public bool SteersLocal { get; init; }

    /// <summary>Called on a thread of the steering with the parts of the set-up that something else removed.</summary>
    public Action<IReadOnlyList<HostChange>>? HostChanged { get; init; }

    internal uint FirstMark => Mark != 0 ? Mark : 0xAD00_0000 + (NameNumber.Of(Name) << 8);

    internal uint FirstTable => RouteTable != 0 ? RouteTable : 0x1D00_0000 + (NameNumber.Of(Name) << 8);

    internal int EffectiveTunnelMtu =>
        TunnelMtu ?? EthernetMtu - (TunnelAddress is { IsIPv6: true } ? OverheadV6 : OverheadV4);

    /// <summary>The versions of IP that are in use: false for 4, true for 6.</summary>
    internal IReadOnlyList<bool> Versions => [.. Addresses.Select(address => address.IsIPv6).Distinct()];
}
