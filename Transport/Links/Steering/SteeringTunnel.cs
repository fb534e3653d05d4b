using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Links.Steering;

/// <summary>
/// The VXLAN device by which flows leave for nodes behind routers, and those of other nodes come in. The processes of a network
/// namespace share it, and the last one removes it, also after a kill of others.
/// </summary>
internal sealed class SteeringTunnel : IDisposable
{
    private const int QueueLength = 1000;

    private readonly FlowSteeringSettings _settings;
    private readonly RouteNetlink _routes;
    private readonly IpAddress _own;
    private readonly ControlRecord _users;

    private SteeringTunnel(FlowSteeringSettings settings, RouteNetlink routes, IpAddress own)
    {
        (_settings, _routes, _own) = (settings, routes, own);
        _users = ControlRecord.Open($"vxlan/{settings.TunnelDevice}");
    }

    /// <summary>Throws <see cref="LinuxException"/> that says what to do; nothing is then left behind.</summary>
    public static SteeringTunnel Open(FlowSteeringSettings settings, RouteNetlink routes, IpAddress own)
    {
        if (!routes.IsLocal(own))
        {
            throw new LinuxException(
                $"{own} is no address of this host, so that no tunnel can begin there: give an address of this node's own that "
                    + "the other nodes reach");
        }

        var tunnel = new SteeringTunnel(settings, routes, own);
        try
        {
            tunnel._users.TryJoin(() => "absent");
            tunnel.EnsureDevice();
            tunnel.EnsureUp();
            tunnel.EnsureAddress();
            return tunnel;
        }
        catch (LinuxException)
        {
            tunnel.Dispose();
            throw;
        }
    }

    /// <summary>What something else may take away.</summary>
    public IEnumerable<HostPart> Parts =>
    [
        new($"device {_settings.TunnelDevice}", EnsureDevice),
        new($"state of {_settings.TunnelDevice}", EnsureUp),
        new($"address of {_settings.TunnelDevice}", EnsureAddress),
    ];

    /// <summary>The way to a virtual address by way of a node's tunnel address.</summary>
    public RoutePath PathTo(IpAddress node, bool isVirtualIPv6)
    {
        if (node.IsIPv6 != _own.IsIPv6)
            throw new LinuxException($"no tunnel leads from {_own} to {node}: give both nodes addresses of one IP version");
        if (node == _own) throw new LinuxException($"{node} is this node's own tunnel address: give that of the other node");
        return new RoutePath(
            Find().Index, TunnelAddresses.Gateway(node, isVirtualIPv6), IsOnLink: true,
            new TunnelEncapsulation(_settings.TunnelNetwork, _own, node));
    }

    /// <summary>Makes the node's device known as a neighbour. False where it is already, unless that is replaced.</summary>
    public bool AddNeighbour(IpAddress node, bool isVirtualIPv6, bool replace) => _routes.AddNeighbour(
        Find().Index, TunnelAddresses.Gateway(node, isVirtualIPv6), TunnelAddresses.Hardware(node), replace);

    public void Dispose()
    {
        using (_users) _users.Leave(_ => Remove());
    }

    private bool EnsureDevice()
    {
        var address = TunnelAddresses.Hardware(_own);
        if (_routes.FindTunnel(_settings.TunnelDevice) is { } found)
        {
            if (found.Port == _settings.TunnelPort && found.Address.Equals(address)) return false;
            if (found.Port is null) throw NotOurs();
            Remove(); // a change of the address would forget all neighbours
        }

        return _routes.AddTunnel(_settings.TunnelDevice, address, _settings.TunnelPort) switch
        {
            0 => true,
            Libc.EEXIST when _routes.FindTunnel(_settings.TunnelDevice) is null => throw new LinuxException(
                $"UDP port {_settings.TunnelPort} is another VXLAN device's (`ip -d link show type vxlan` tells): remove that, "
                    + "or set another port at all nodes"),
            Libc.EEXIST => false, // another process was faster
            Libc.EOPNOTSUPP => throw new LinuxException(
                "the kernel has no VXLAN, which steering to nodes behind routers needs: run `modprobe vxlan`, use a kernel with "
                    + "CONFIG_VXLAN, or put the nodes on one segment"),
            var error => throw new LinuxException($"making the VXLAN device {_settings.TunnelDevice}", error),
        };
    }

    private bool EnsureUp()
    {
        var link = _routes.FindLink(_settings.TunnelDevice);
        if (link is { IsUp: true } && link.Value.Mtu == _settings.EffectiveTunnelMtu) return false;
        _routes.BringUp(Find().Index, _settings.TunnelDevice, _settings.EffectiveTunnelMtu, QueueLength);
        return true;
    }

    /// <summary>Without an IPv4 address reverse path filtering drops whatever comes in.</summary>
    private bool EnsureAddress() => _routes.AddHostAddress(Find().Index, TunDevice.Dummy);

    private void Remove()
    {
        if (_routes.FindTunnel(_settings.TunnelDevice) is { Port: not null } found) _routes.RemoveLink(found.Index);
    }

    private TunnelDescription Find() => _routes.FindTunnel(_settings.TunnelDevice)
        ?? throw new LinuxException($"the device {_settings.TunnelDevice} is gone");

    private LinuxException NotOurs() => new(
        $"the device {_settings.TunnelDevice} is no VXLAN device of this kind: remove it, or choose another name for the tunnel");
}
