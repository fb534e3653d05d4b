using System.Collections.Concurrent;
using ActorStack.Transport.Links;
using ActorStack.Transport.Links.Steering;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Linux;

/// <summary>A network of two nodes, each with a link, a software stack that accepts all connections, and a steering.</summary>
internal sealed class SteeringStage : IDisposable
{
    public enum Way
    {
        Device,
        Segment,
        LinkLocal,
        TunnelV4,
        TunnelV6,
    }

    private const int MtuOfTunnel = 1430;
    private const string LinkLocalOfSecond = "fe80::b";

    private readonly Way _way;

    public SteeringStage(Way way = Way.Segment)
    {
        _way = way;
        Network = new SteeringNetwork(isRouted: IsTunnel);
        Network.First.Ip("address", "add", "fe80::a/64", "dev", "n0", "nodad");
        Network.Second.Ip("address", "add", $"{LinkLocalOfSecond}/64", "dev", "n0", "nodad");
        foreach (var node in (NetworkNamespace[])[Network.First, Network.Second])
            node.SetSystemControl("ipv4/conf/all/rp_filter", "1");
        var mtu = IsTunnel ? MtuOfTunnel : 1500;
        FirstLink = SteeringNetwork.OpenLink(Network.First, "as0", mtu, SteeringNetwork.Virtual);
        SecondLink = way is Way.Device
            ? SteeringNetwork.OpenLink(Network.First, "as1", mtu)
            : SteeringNetwork.OpenLink(Network.Second, "as0", mtu, SteeringNetwork.Virtual);
        SecondHost = new LinkHost(SecondLink);
        Steering = Network.First.Run(() => KernelFlowSteering.Open(FirstSettings));
        if (way is not Way.Device) SecondSteering = Network.Second.Run(() => KernelFlowSteering.Open(SecondSettings));
        Second = Steering.AddTarget(HopToSecond);
    }

    public SteeringNetwork Network { get; }

    /// <summary>The link of the node that the router sends everything to; nothing reads it.</summary>
    public TunLink FirstLink { get; }

    public TunLink SecondLink { get; }

    public LinkHost SecondHost { get; }

    public KernelFlowSteering Steering { get; }

    public KernelFlowSteering? SecondSteering { get; }

    /// <summary>The target of the first node's steering.</summary>
    public SteeringTarget Second { get; }

    /// <summary>What was taken away of the set-up of the first node's steering.</summary>
    public ConcurrentQueue<HostChange> Changes { get; } = new();

    public FlowSteeringSettings FirstSettings => Settings(Network.FirstAddresses) with
    {
        HostChanged = changes =>
        {
            foreach (var change in changes) Changes.Enqueue(change);
        },
    };

    public FlowSteeringSettings SecondSettings => Settings(Network.SecondAddresses);

    public NextHop HopToSecond => _way switch
    {
        Way.Device => new DeviceHop("as1"),
        Way.Segment => new NeighbourHop(Network.SecondAddresses),
        Way.LinkLocal => new NeighbourHop(IpAddress.Parse(LinkLocalOfSecond)) { Device = "n0" },
        Way.TunnelV4 => new TunnelHop(Network.SecondAddresses[0]),
        _ => new TunnelHop(Network.SecondAddresses[1]),
    };

    /// <summary>All that the steering sets up on the first node, as the tools show it.</summary>
    public string Traces() => Traces(Network.First);

    public static string Traces(NetworkNamespace node) => string.Join('\n',
        node.Execute("nft", "list", "ruleset"), node.Ip("-4", "rule"), node.Ip("-6", "rule"),
        node.Ip("-4", "route", "show", "table", "all"), Without(node.Ip("-6", "route", "show", "table", "all"), "fe80"),
        node.Ip("neigh", "show", "nud", "permanent"), node.Ip("-o", "link", "show", "type", "vxlan").Split(": ").Last());

    public void Dispose()
    {
        SecondSteering?.Dispose();
        Steering.Dispose();
        SecondHost.Dispose();
        SecondLink.Dispose();
        FirstLink.Dispose();
        Network.Dispose();
    }

    private bool IsTunnel => _way is Way.TunnelV4 or Way.TunnelV6;

    private FlowSteeringSettings Settings(IpAddress[] own) => new("as0", SteeringNetwork.Virtual)
    {
        TunnelAddress = _way switch { Way.TunnelV4 => own[0], Way.TunnelV6 => own[1], _ => null },
    };

    private static string Without(string text, string word) =>
        string.Join('\n', text.Split('\n').Where(line => !line.Contains(word, StringComparison.Ordinal)));
}
