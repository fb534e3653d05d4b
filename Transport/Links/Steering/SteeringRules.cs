using System.Text;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;
using static ActorStack.Transport.Linux.NftablesExpressions;

namespace ActorStack.Transport.Links.Steering;

/// <summary>
/// The nftables table of one version of IP: the map of flows to the marks of their owners, the chain that marks what arrives, and
/// one that keeps redirects back.
/// </summary>
/// <param name="settings">The settings of the steering.</param>
/// <param name="isIPv6">The version.</param>
internal sealed class SteeringRules(FlowSteeringSettings settings, bool isIPv6)
{
    public const string MapName = "owners";

    private const string Prerouting = "pre";
    private const string Output = "out";
    private const string Local = "local";

    // NF_INET_PRE_ROUTING and NF_INET_LOCAL_OUT.
    private const uint PreroutingHook = 0;
    private const uint OutputHook = 3;

    /// <summary>The chain of the kernel engine is at -150 (mangle). The later chain has the last word on the mark.</summary>
    private const int BehindEngine = -149;
    private const int BeforeEngine = -151;
    private const int OutputPriority = 0;

    private const int DeviceNameLength = 16;

    // ICMP: the packet that an error is about begins behind eight bytes.
    private const byte Icmp = 1;
    private const byte IcmpV6 = 58;
    private const uint Quoted = 8;
    private const byte DestinationUnreachable = 3;
    private const byte FirstInformation = 128;
    private const byte Redirect = 5;
    private const byte RedirectV6 = 137;
    private const uint RedirectedAddress = 24;
    private const byte VersionAndLengthWithoutOptions = 0x45;

    public IReadOnlyList<string> Chains => settings.SteersLocal ? [Prerouting, Output, Local] : [Prerouting, Output];

    public byte Family => isIPv6 ? NftablesNetlink.FamilyIPv6 : NftablesNetlink.FamilyIPv4;

    public bool IsIPv6 => isIPv6;

    public string Table => $"actorstack-{settings.Name}";

    /// <summary>Adds the whole table, in the place of the one that is there, perhaps by a killed predecessor.</summary>
    public void AddTo(NftablesTransaction transaction)
    {
        transaction.AddTable(Family, Table).RemoveTable(Family, Table).AddTable(Family, Table)
            .AddMap(Family, Table, MapName, SteeringKey.Type(isIPv6), (uint)SteeringKey.Length(isIPv6), (uint)settings.Capacity)
            .AddChain(Family, Table, Prerouting, PreroutingHook, settings.IsBeforeEngine ? BeforeEngine : BehindEngine)
            .AddChain(Family, Table, Output, OutputHook, OutputPriority)
            .AddRule(Family, Table, Prerouting, Steer())
            .AddRule(Family, Table, Prerouting, SteerErrors());
        if (settings.TunnelAddress is not null) AddTunnelRules(transaction);
        if (settings.SteersLocal) AddLocalRules(transaction);
        foreach (var address in Addresses) transaction.AddRule(Family, Table, Output, KeepRedirectBack(address));
    }

    private IEnumerable<IpAddress> Addresses => settings.Addresses.Where(address => address.IsIPv6 == isIPv6);

    private uint AddressLength => isIPv6 ? 16u : 4u;

    private uint Source => isIPv6 ? 8u : 12u;

    private uint Destination => Source + AddressLength;

    private uint NextProtocol => isIPv6 ? 6u : 9u;

    private uint HeaderLength => isIPv6 ? 40u : 20u;

    /// <summary>A TCP segment whose flow is in the map gets the mark of the owner.</summary>
    private Action<NetlinkMessage>[] Steer() =>
    [
        LoadMeta(Protocol, 0), IsEqual(0, IpProtocol.Tcp),
        .. LoadKey(
            (NetworkHeader, Source), (TransportHeader, 0), (NetworkHeader, Destination), (TransportHeader, sizeof(ushort))),
        Map(MapName), SetMeta(Mark, 0),
    ];

    /// <summary>
    /// An ICMP error about a segment of such a flow goes to the owner too: without "packet too big" it could find no path MTU.
    /// The packet that the error quotes went the other way.
    /// </summary>
    private Action<NetlinkMessage>[] SteerErrors()
    {
        var ports = Quoted + HeaderLength;
        return
        [
            LoadMeta(Protocol, 0), IsEqual(0, isIPv6 ? IcmpV6 : Icmp),
            LoadPayload(TransportHeader, 0, 1, 0), isIPv6 ? IsBelow(0, FirstInformation) : IsEqual(0, DestinationUnreachable),
            .. isIPv6
                ? Array.Empty<Action<NetlinkMessage>>()
                : [LoadPayload(TransportHeader, Quoted, 1, 0), IsEqual(0, VersionAndLengthWithoutOptions)],
            LoadPayload(TransportHeader, Quoted + NextProtocol, 1, 0), IsEqual(0, IpProtocol.Tcp),
            .. LoadKey(
                (TransportHeader, Quoted + Destination), (TransportHeader, ports + sizeof(ushort)),
                (TransportHeader, Quoted + Source), (TransportHeader, ports)),
            Map(MapName), SetMeta(Mark, 0),
        ];
    }

    /// <summary>Addresses and ports into the registers from 0 on.</summary>
    private IEnumerable<Action<NetlinkMessage>> LoadKey(
        (uint Header, uint Offset) source, (uint Header, uint Offset) sourcePort,
        (uint Header, uint Offset) destination, (uint Header, uint Offset) destinationPort)
    {
        var address = AddressLength / sizeof(uint);
        return
        [
            LoadPayload(source.Header, source.Offset, AddressLength, 0),
            LoadPayload(sourcePort.Header, sourcePort.Offset, sizeof(ushort), address),
            LoadPayload(destination.Header, destination.Offset, AddressLength, address + 1),
            LoadPayload(destinationPort.Header, destinationPort.Offset, sizeof(ushort), 2 * address + 1),
        ];
    }

    /// <summary>
    /// What a process of this host sends passes no prerouting. A chain of the type "route" looks the way up again where it has
    /// set a mark.
    /// </summary>
    private void AddLocalRules(NftablesTransaction transaction) => transaction
        .AddChain(Family, Table, Local, OutputHook, BeforeEngine, "route")
        .AddRule(Family, Table, Local, Steer());

    /// <summary>
    /// Whoever can send UDP to this host can send it any packet by the tunnel: only those to virtual addresses are let in.
    /// </summary>
    private void AddTunnelRules(NftablesTransaction transaction)
    {
        var device = new byte[DeviceNameLength];
        Encoding.ASCII.GetBytes(settings.TunnelDevice, device);
        Action<NetlinkMessage>[] isFromTunnel = [LoadMeta(InputName, 0), IsEqual(0, device)];
        foreach (var address in Addresses)
        {
            transaction.AddRule(Family, Table, Prerouting,
                [.. isFromTunnel, LoadPayload(NetworkHeader, Destination, AddressLength, 0), IsEqual(0, Bytes(address)), Accept]);
        }

        transaction.AddRule(Family, Table, Prerouting, [.. isFromTunnel, Drop]);
    }

    /// <summary>
    /// A host that sends a packet on by the device that it came in by tells the sender of the shorter way. The way is that of one
    /// flow, and a redirect would be that of the whole address.
    /// </summary>
    private Action<NetlinkMessage>[] KeepRedirectBack(IpAddress address) =>
    [
        LoadMeta(Protocol, 0), IsEqual(0, isIPv6 ? IcmpV6 : Icmp),
        LoadPayload(TransportHeader, 0, 1, 0), IsEqual(0, isIPv6 ? RedirectV6 : Redirect),
        LoadPayload(TransportHeader, RedirectedAddress, AddressLength, 0), IsEqual(0, Bytes(address)), Drop,
    ];

    private static byte[] Bytes(IpAddress address)
    {
        var bytes = new byte[address.Length];
        address.Write(bytes);
        return bytes;
    }
}
