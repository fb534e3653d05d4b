using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Linux;

/// <summary>
/// The requests of rtnetlink(7) that the set-up needs: devices, addresses, routes and rules. To add what is there already changes
/// nothing, which the methods that begin with Add tell by false: one call both looks and puts back.
/// </summary>
internal sealed partial class RouteNetlink : IDisposable
{
    private const int LoopbackIndex = 1;

    // Message types, linux/rtnetlink.h.
    private const ushort NewLink = 16;
    private const ushort GetLink = 18;
    private const ushort NewAddress = 20;
    private const ushort NewRoute = 24;
    private const ushort DeleteRoute = 25;
    private const ushort GetRoute = 26;
    private const ushort NewRule = 32;
    private const ushort DeleteRule = 33;

    // Attributes of links, linux/if_link.h.
    private const ushort LinkName = 3;
    private const ushort LinkMtu = 4;
    private const ushort LinkQueueLength = 13;
    private const ushort LinkCarrier = 33;
    private const ushort LinkInformation = 18;
    private const ushort InformationKind = 1;
    private const ushort InformationData = 2;
    private const ushort TunMultiQueue = 7;
    private const ushort LinkFamilies = 26;
    private const ushort AddressGenerationMode = 8;
    private const byte GenerateNone = 1;
    private const uint InterfaceUp = 1;
    private const uint InterfaceMulticast = 0x1000;

    // Of addresses, linux/if_addr.h.
    private const ushort AddressLocal = 2;

    // Of routes.
    private const ushort RouteDestination = 1;
    private const ushort RouteDevice = 4;
    private const ushort RouteMetric = 6;
    private const ushort RouteTable = 15;
    private const ushort RouteMark = 16;
    // RTM_F_FIB_MATCH, RTM_F_LOOKUP_TABLE: the entry of the table, and which table.
    private const uint MatchInTable = 0x2000 | 0x1000;
    private const byte MainTable = 254;
    private const byte ProtocolBoot = 3;
    private const byte ScopeUniverse = 0;
    private const byte ScopeLink = 253;
    private const byte ScopeHost = 254;
    private const byte UnicastType = 1;
    private const byte LocalType = 2;
    private const uint DefaultMetricV6 = 1024;

    // Of rules, linux/fib_rules.h.
    private const ushort RulePriority = 6;
    private const ushort RuleMark = 10;
    private const ushort RuleTable = 15;
    private const byte ToTable = 1;

    private readonly NetlinkSocket _socket = NetlinkSocket.Open(NetlinkSocket.Route);

    /// <summary>The device of this name; null: there is none.</summary>
    public LinkDescription? FindLink(string name)
    {
        LinkDescription? found = null;
        var request = new NetlinkMessage(GetLink, NetlinkMessage.Acknowledge).Header(new LinkHeader()).Attribute(LinkName, name);
        var error = _socket.Request(request, body =>
        {
            var header = MemoryMarshal.Read<LinkHeader>(body);
            var attributes = new NetlinkAttributes(body[Unsafe.SizeOf<LinkHeader>()..]);
            found = new LinkDescription(
                header.Index, (header.Flags & InterfaceUp) != 0, attributes.Number(LinkMtu), attributes.Number(LinkQueueLength),
                attributes[LinkCarrier] is [1, ..], IsMultiQueue(attributes));
        });
        if (error is not (0 or Libc.ENODEV)) throw new LinuxException($"looking at the device {name}", error);
        return found;
    }

    private static bool? IsMultiQueue(NetlinkAttributes link)
    {
        var information = new NetlinkAttributes(link[LinkInformation]);
        return information[InformationKind].StartsWith("tun"u8)
            ? new NetlinkAttributes(information[InformationData])[TunMultiQueue] is [1, ..]
            : null;
    }

    /// <summary>
    /// Brings a device up, from which the kernel is to send nothing of its own to the stack. Without a link-local address there
    /// is no duplicate address detection and no router solicitation; without multicast there is no MLD report, which the kernel
    /// owes for the all-routers groups where it forwards. The mode that makes no address has to be set before, in a request of
    /// its own.
    /// </summary>
    public void BringUp(int index, string name, int mtu, int queueLength)
    {
        var mode = new NetlinkMessage(NewLink, NetlinkMessage.Acknowledge).Header(new LinkHeader { Index = index })
            .Nest(LinkFamilies, families => families.Nest(
                Libc.AddressFamilyInet6, family => family.Attribute(AddressGenerationMode, [GenerateNone])));
        var error = _socket.Request(mode);
        if (error is not (0 or Libc.EAFNOSUPPORT)) throw new LinuxException($"silencing the device {name}", error);
        Check($"bringing the device {name} up", new NetlinkMessage(NewLink, NetlinkMessage.Acknowledge)
            .Header(new LinkHeader { Index = index, Flags = InterfaceUp, Change = InterfaceUp | InterfaceMulticast })
            .Attribute(LinkMtu, (uint)mtu).Attribute(LinkQueueLength, (uint)queueLength));
    }

    /// <summary>An address of host scope, which is never chosen as a source.</summary>
    public bool AddHostAddress(int index, IpAddress address) => TryAdd(
        $"giving the device the address {address}",
        new NetlinkMessage(NewAddress, Adding)
            .Header(new AddressHeader
            {
                Family = Family(address),
                PrefixLength = PrefixLength(address),
                Scope = ScopeHost,
                Index = index,
            })
            .Attribute(AddressLocal, Bytes(address)));

    /// <summary>The route to one address by a device. True where it was missing, or led elsewhere.</summary>
    public bool AddRoute(int index, IpAddress address) =>
        AddRouteOnly(index, address) || (LeadsElsewhere(index, address) && ReplaceRoute(index, address));

    /// <summary>False where there is a route to the same address already, wherever it leads.</summary>
    public bool AddRouteOnly(int index, IpAddress address) =>
        TryAdd($"routing {address} to the device", HostRoute(NewRoute, Adding, index, address));

    /// <summary>
    /// Adds a route to one address that goes before those that are there. IPv4 has it first among routes of one metric; null. In
    /// IPv6 the lower metric goes first, and the result is that metric.
    /// </summary>
    public uint? PreferRoute(int index, IpAddress address)
    {
        var attempt = $"routing {address} to the device";
        if (!address.IsIPv6)
        {
            TryAdd(attempt, HostRoute(NewRoute, NetlinkMessage.Acknowledge | NetlinkMessage.Create, index, address));
            return null;
        }

        for (var metric = DefaultMetricV6 - 1; metric > 0; metric--)
        {
            if (TryAdd(attempt, HostRoute(NewRoute, Adding, index, address).Attribute(RouteMetric, metric))) return metric;
        }

        throw new LinuxException(attempt, Libc.EEXIST);
    }

    /// <summary>Removes the route to one address by a device that has this metric.</summary>
    public void RemoveRoute(int index, IpAddress address, uint metric) => TryRemove(
        $"removing the route to {address}",
        HostRoute(DeleteRoute, NetlinkMessage.Acknowledge, index, address).Attribute(RouteMetric, metric));

    /// <summary>Every packet that is looked up in the table is delivered here.</summary>
    public bool AddLocalTable(bool isIPv6, uint table) =>
        TryAdd($"making the routing table {table} for {Version(isIPv6)}", LocalTable(NewRoute, Adding, isIPv6, table));

    public void RemoveLocalTable(bool isIPv6, uint table) =>
        TryRemove($"removing the routing table {table}", LocalTable(DeleteRoute, NetlinkMessage.Acknowledge, isIPv6, table));

    /// <summary>Packets with the mark are looked up in the table.</summary>
    public bool AddRule(bool isIPv6, uint priority, uint mark, uint table) => TryAdd(
        $"making the rule for mark 0x{mark:x} for {Version(isIPv6)}",
        Rule(NewRule, Adding, isIPv6, mark, table).Attribute(RulePriority, priority));

    /// <summary>
    /// Whether a packet with the mark is looked up in the table at last: a rule of others may go before, or an address be local.
    /// </summary>
    public bool LeadsTo(uint table, uint mark, IpAddress address)
    {
        var found = 0u;
        var request = Lookup(address).Attribute(RouteMark, mark);
        _socket.Request(request, body => found = new NetlinkAttributes(body[Unsafe.SizeOf<RouteHeader>()..]).Number(RouteTable));
        return found == table;
    }

    /// <summary>Whether packets to the address are delivered here.</summary>
    public bool IsLocal(IpAddress address)
    {
        var isLocal = false;
        _socket.Request(Lookup(address), body => isLocal = MemoryMarshal.Read<RouteHeader>(body).Type == LocalType);
        return isLocal;
    }

    /// <summary>Removes a rule, whatever its priority. False where there is none left.</summary>
    public bool RemoveRule(bool isIPv6, uint mark, uint table) =>
        TryRemove($"removing the rule for mark 0x{mark:x}", Rule(DeleteRule, NetlinkMessage.Acknowledge, isIPv6, mark, table));

    public void Dispose() => _socket.Dispose();

    private static ushort Adding => NetlinkMessage.Acknowledge | NetlinkMessage.Create | NetlinkMessage.Exclusive;

    private bool ReplaceRoute(int index, IpAddress address)
    {
        Check($"routing {address} to the device", HostRoute(
            NewRoute, NetlinkMessage.Acknowledge | NetlinkMessage.Create | NetlinkMessage.Replace, index, address));
        return true;
    }

    /// <summary>
    /// Whether the very place of this route is taken by another. A rule or a metric that is preferred to it is the
    /// administrator's choice.
    /// </summary>
    private bool LeadsElsewhere(int index, IpAddress address)
    {
        var isOther = false;
        var error = _socket.Request(Lookup(address), body =>
        {
            var header = MemoryMarshal.Read<RouteHeader>(body);
            var attributes = new NetlinkAttributes(body[Unsafe.SizeOf<RouteHeader>()..]);
            isOther = header.DestinationLength == PrefixLength(address) && header.Table == MainTable
                && attributes.Number(RouteMetric) == (address.IsIPv6 ? DefaultMetricV6 : 0)
                && attributes.Number(RouteDevice) != (uint)index;
        });
        // Blackhole, unreachable and prohibit routes answer with other errors.
        return isOther || error is not (0 or Libc.ENETUNREACH);
    }

    private static NetlinkMessage Lookup(IpAddress address) => new NetlinkMessage(GetRoute, NetlinkMessage.Acknowledge)
        .Header(new RouteHeader { Family = Family(address), DestinationLength = PrefixLength(address), Flags = MatchInTable })
        .Attribute(RouteDestination, Bytes(address));

    private static NetlinkMessage HostRoute(ushort type, ushort flags, int index, IpAddress address) =>
        new NetlinkMessage(type, flags)
            .Header(new RouteHeader
            {
                Family = Family(address),
                DestinationLength = PrefixLength(address),
                Table = MainTable,
                Protocol = ProtocolBoot,
                Scope = address.IsIPv6 ? ScopeUniverse : ScopeLink,
                Type = UnicastType,
            })
            .Attribute(RouteDestination, Bytes(address)).Attribute(RouteDevice, (uint)index);

    private static NetlinkMessage LocalTable(ushort type, ushort flags, bool isIPv6, uint table) =>
        new NetlinkMessage(type, flags)
            .Header(new RouteHeader
            {
                Family = Family(isIPv6),
                Protocol = ProtocolBoot,
                Scope = isIPv6 ? ScopeUniverse : ScopeHost,
                Type = LocalType,
            })
            .Attribute(RouteTable, table).Attribute(RouteDevice, LoopbackIndex);

    private static NetlinkMessage Rule(ushort type, ushort flags, bool isIPv6, uint mark, uint table) =>
        new NetlinkMessage(type, flags)
            .Header(new RouteHeader { Family = Family(isIPv6), Type = ToTable }) // struct fib_rule_hdr is laid out alike
            .Attribute(RuleMark, mark).Attribute(RuleTable, table);

    private bool TryAdd(string attempt, NetlinkMessage request) => _socket.Request(request) switch
    {
        0 => true,
        Libc.EEXIST => false,
        var error => throw new LinuxException(attempt, error),
    };

    private bool TryRemove(string attempt, NetlinkMessage request) => _socket.Request(request) switch
    {
        0 => true,
        Libc.ENOENT or Libc.ESRCH or Libc.EAFNOSUPPORT or Libc.EOPNOTSUPP => false,
        var error => throw new LinuxException(attempt, error),
    };

    private void Check(string attempt, NetlinkMessage request)
    {
        if (_socket.Request(request) is not 0 and var error) throw new LinuxException(attempt, error);
    }

    private static byte Family(IpAddress address) => Family(address.IsIPv6);

    private static byte Family(bool isIPv6) => (byte)(isIPv6 ? Libc.AddressFamilyInet6 : Libc.AddressFamilyInet);

    private static string Version(bool isIPv6) => isIPv6 ? "IPv6" : "IPv4";

    private static byte PrefixLength(IpAddress address) => (byte)(8 * address.Length);

    private static byte[] Bytes(IpAddress address)
    {
        var bytes = new byte[address.Length];
        address.Write(bytes);
        return bytes;
    }

    /// <summary>struct ifinfomsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct LinkHeader
    {
        public byte Family;
        public byte Padding;
        public ushort Type;
        public int Index;
        public uint Flags;
        public uint Change;
    }

    /// <summary>struct ifaddrmsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct AddressHeader
    {
        public byte Family;
        public byte PrefixLength;
        public byte Flags;
        public byte Scope;
        public int Index;
    }

    /// <summary>struct rtmsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct RouteHeader
    {
        public byte Family;
        public byte DestinationLength;
        public byte SourceLength;
        public byte TypeOfService;
        public byte Table;
        public byte Protocol;
        public byte Scope;
        public byte Type;
        public uint Flags;
    }
}
