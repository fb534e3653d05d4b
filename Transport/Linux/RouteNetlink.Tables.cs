using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Linux;

/// <summary>Routes to single addresses in tables of their own, and the rules that lead there.</summary>
internal sealed partial class RouteNetlink
{
    private const ushort GetRule = 34;
    private const ushort RouteGateway = 5;
    private const ushort RouteVia = 18;
    private const ushort RouteEncapsulationType = 21;
    private const ushort RouteEncapsulation = 22;
    private const byte ScopeAny = 255;

    /// <summary>RTNH_F_ONLINK.</summary>
    private const uint OnLink = 4;

    // linux/lwtunnel.h: LWTUNNEL_ENCAP_IP, LWTUNNEL_ENCAP_IP6, and their attributes.
    private const ushort EncapsulationV4 = 2;
    private const ushort EncapsulationV6 = 4;
    private const ushort TunnelNetwork = 1;
    private const ushort TunnelDestination = 2;
    private const ushort TunnelSource = 3;
    private const ushort TunnelHopLimit = 4;
    private const ushort TunnelFlagsV6 = 6;
    private const byte OuterHopLimit = 64;

    /// <summary>TUNNEL_CSUM: receivers drop UDP over IPv6 without a checksum (RFC 8200 section 8.1).</summary>
    private static readonly byte[] WithChecksum = [0, 1];

    /// <summary>The route to an address in a table. False where there is one already, unless that is replaced.</summary>
    public bool AddRoute(uint table, IpAddress address, in RoutePath path, bool replace)
    {
        var how = replace ? NetlinkMessage.Acknowledge | NetlinkMessage.Create | NetlinkMessage.Replace : Adding;
        var request = new NetlinkMessage(NewRoute, (ushort)how)
            .Header(new RouteHeader
            {
                Family = Family(address),
                DestinationLength = PrefixLength(address),
                Protocol = ProtocolBoot,
                Scope = address.IsIPv6 || path.Gateway is not null ? ScopeUniverse : ScopeLink,
                Type = UnicastType,
                Flags = path.IsOnLink ? OnLink : 0,
            })
            .Attribute(RouteDestination, Bytes(address)).Attribute(RouteTable, table).Attribute(RouteDevice, (uint)path.Device);
        if (path.Gateway is { } gateway) AddGateway(request, address.IsIPv6, gateway);
        if (path.Tunnel is { } tunnel) AddEncapsulation(request, tunnel);
        return TryAdd($"routing {address} in table {table}", request);
    }

    public void RemoveRoute(uint table, IpAddress address) => TryRemove(
        $"removing the route to {address} in table {table}",
        new NetlinkMessage(DeleteRoute, NetlinkMessage.Acknowledge)
            .Header(new RouteHeader { Family = Family(address), DestinationLength = PrefixLength(address), Scope = ScopeAny })
            .Attribute(RouteDestination, Bytes(address)).Attribute(RouteTable, table));

    /// <summary>
    /// The device by which the kernel would send to the address, and whether a router comes first; null: it would not.
    /// </summary>
    public (int Device, bool IsBehindRouter)? FindWay(IpAddress address)
    {
        (int Device, bool IsBehindRouter)? way = null;
        var request = new NetlinkMessage(GetRoute, NetlinkMessage.Acknowledge)
            .Header(new RouteHeader { Family = Family(address), DestinationLength = PrefixLength(address) })
            .Attribute(RouteDestination, Bytes(address));
        _socket.Request(request, body =>
        {
            if (MemoryMarshal.Read<RouteHeader>(body).Type != UnicastType) return;
            var attributes = new NetlinkAttributes(body[Unsafe.SizeOf<RouteHeader>()..]);
            way = ((int)attributes.Number(RouteDevice), attributes[RouteGateway].Length + attributes[RouteVia].Length > 0);
        });
        return way;
    }

    /// <summary>
    /// Removes all rules for marks of a range, whatever their tables, and the routes of all tables of a range.
    /// </summary>
    /// <param name="firstMark">The first mark.</param>
    /// <param name="firstTable">The first table.</param>
    /// <param name="count">Marks, and tables.</param>
    public void RemoveTables(uint firstMark, uint firstTable, uint count)
    {
        using var dumps = NetlinkSocket.Open(NetlinkSocket.Route);
        dumps.FilterDumps();
        foreach (var isIPv6 in new[] { false, true })
        {
            foreach (var (mark, table) in ReadRules(dumps, isIPv6))
            {
                if (mark - firstMark < count) RemoveRule(isIPv6, mark, table);
            }

            for (var i = 0u; i < count; i++)
            {
                foreach (var address in ReadRoutes(dumps, isIPv6, firstTable + i)) RemoveRoute(firstTable + i, address);
            }
        }
    }

    private static List<(uint Mark, uint Table)> ReadRules(NetlinkSocket dumps, bool isIPv6)
    {
        List<(uint Mark, uint Table)> rules = [];
        dumps.Request(
            new NetlinkMessage(GetRule, NetlinkMessage.Dump).Header(new RouteHeader { Family = Family(isIPv6) }),
            body =>
            {
                var attributes = new NetlinkAttributes(body[Unsafe.SizeOf<RouteHeader>()..]);
                rules.Add((attributes.Number(RuleMark), attributes.Number(RuleTable)));
            });
        return rules;
    }

    /// <summary>The single addresses that the table has routes to.</summary>
    private static List<IpAddress> ReadRoutes(NetlinkSocket dumps, bool isIPv6, uint table)
    {
        List<IpAddress> addresses = [];
        dumps.Request(
            new NetlinkMessage(GetRoute, NetlinkMessage.Dump).Header(new RouteHeader { Family = Family(isIPv6) })
                .Attribute(RouteTable, table),
            body =>
            {
                var destination = new NetlinkAttributes(body[Unsafe.SizeOf<RouteHeader>()..])[RouteDestination];
                if (8 * destination.Length == MemoryMarshal.Read<RouteHeader>(body).DestinationLength)
                    addresses.Add(IpAddress.Read(destination));
            });
        return addresses;
    }

    private static void AddGateway(NetlinkMessage request, bool isIPv6, IpAddress gateway)
    {
        if (gateway.IsIPv6 == isIPv6)
        {
            request.Attribute(RouteGateway, Bytes(gateway));
            return;
        }

        // struct rtvia: the family, and the address of the other version.
        byte[] via = [.. BitConverter.GetBytes((ushort)Family(gateway)), .. Bytes(gateway)];
        request.Attribute(RouteVia, via);
    }

    private static void AddEncapsulation(NetlinkMessage request, TunnelEncapsulation tunnel)
    {
        var network = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(network, tunnel.Network);
        var isIPv6 = tunnel.Destination.IsIPv6;
        request.Attribute(RouteEncapsulationType, BitConverter.GetBytes(isIPv6 ? EncapsulationV6 : EncapsulationV4))
            .Nest(RouteEncapsulation, outer =>
            {
                outer.Attribute(TunnelNetwork, network).Attribute(TunnelDestination, Bytes(tunnel.Destination))
                    .Attribute(TunnelSource, Bytes(tunnel.Source)).Attribute(TunnelHopLimit, [OuterHopLimit]);
                if (isIPv6) outer.Attribute(TunnelFlagsV6, WithChecksum);
            });
    }
}
