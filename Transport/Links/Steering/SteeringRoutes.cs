using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Links.Steering;

/// <summary>
/// For each target a rule, by which packets with its mark are looked up in a table of its own, and in that table the routes to
/// the virtual addresses. There is no other route in it: the tunnel looks up the outer packet with the same mark. One thread at
/// a time, in the network namespace in which it was opened.
/// </summary>
internal sealed class SteeringRoutes(FlowSteeringSettings settings) : IDisposable
{
    private readonly RouteNetlink _routes = new();
    private readonly SystemControls _controls = new();
    private readonly Dictionary<int, Owner> _owners = [];
    private readonly HashSet<string> _loose = [];
    private SteeringTunnel? _tunnel;

    /// <summary>What something else may take away.</summary>
    public IEnumerable<HostPart> Parts =>
    [
        .. _tunnel?.Parts ?? [],
        new("rules and routes of the steering", EnsureOwners),
        new("system controls of the steering", EnsureControls, IsVital: false),
    ];

    /// <summary>Removes what a killed predecessor left, and makes what all targets share.</summary>
    public void Install()
    {
        _routes.RemoveTables(settings.FirstMark, settings.FirstTable, FlowSteeringSettings.MostTargets);
        if (settings.Versions.Contains(false)) _controls.Ensure("ipv4/ip_forward", "1");
        if (settings.Versions.Contains(true)) _controls.Ensure("ipv6/conf/all/forwarding", "1");
        if (settings.TunnelAddress is not { } own) return;
        _tunnel = SteeringTunnel.Open(settings, _routes, own);
        _controls.Ensure($"ipv4/conf/{settings.TunnelDevice}/rp_filter", "2");
    }

    public void Add(int number, NextHop nextHop)
    {
        _owners.Add(number, new Owner(nextHop));
        try
        {
            Ensure(number, isNew: true);
        }
        catch (LinuxException)
        {
            Remove(number);
            throw;
        }
    }

    public void Remove(int number)
    {
        if (!_owners.Remove(number)) return;
        foreach (var isIPv6 in settings.Versions)
        {
            while (_routes.RemoveRule(isIPv6, Mark(number), Table(number)))
            {
            }
        }

        foreach (var address in settings.Addresses) _routes.RemoveRoute(Table(number), address);
    }

    /// <summary>From any thread.</summary>
    public void Dispose()
    {
        using (_routes)
        using (_tunnel)
        using (_controls)
        {
            foreach (var number in _owners.Keys.ToArray()) Remove(number);
        }
    }

    public uint Mark(int number) => settings.FirstMark + (uint)number;

    private uint Table(int number) => settings.FirstTable + (uint)number;

    /// <summary>One that cannot be put back does not keep the others from it.</summary>
    private bool EnsureOwners()
    {
        var isRestored = false;
        List<string> failures = [];
        foreach (var (number, owner) in _owners)
        {
            try
            {
                isRestored |= Ensure(number, isNew: false);
            }
            catch (LinuxException error)
            {
                failures.Add($"{owner.NextHop}: {error.Message}");
            }
        }

        return failures.Count == 0 ? isRestored : throw new LinuxException(string.Join("; ", failures));
    }

    private bool EnsureControls()
    {
        var isRestored = false;
        foreach (var control in _controls.Parts) isRestored |= control.Ensure();
        return isRestored;
    }

    private bool Ensure(int number, bool isNew)
    {
        var owner = _owners[number];
        var isRestored = false;
        foreach (var isIPv6 in settings.Versions)
            isRestored |= _routes.AddRule(isIPv6, settings.RulePriority, Mark(number), Table(number));
        foreach (var address in settings.Addresses)
        {
            var path = FindPath(owner.NextHop, address.IsIPv6);
            if (owner.NextHop is TunnelHop hop) isRestored |= Tunnel.AddNeighbour(hop.Address, address.IsIPv6, isNew);
            var isMoved = owner.Paths.TryGetValue(address, out var before) && before != path;
            isRestored |= AddRoute(number, address, path, isMoved);
            owner.Paths[address] = path;
            if (_routes.LeadsTo(Table(number), Mark(number), address)) continue;
            throw new LinuxException(
                $"another rule sends packets with mark 0x{Mark(number):x} to {address} elsewhere: give it a number above "
                    + $"{settings.RulePriority} (`ip rule`)");
        }

        return isRestored;
    }

    private bool AddRoute(int number, IpAddress address, RoutePath path, bool replace)
    {
        try
        {
            return _routes.AddRoute(Table(number), address, path, replace);
        }
        catch (LinuxException error) when (path.Tunnel is not null && error.ErrorNumber == Libc.EOPNOTSUPP)
        {
            throw new LinuxException(
                $"{error.Message}: the kernel's routes tell no tunnel where to lead; use a kernel with CONFIG_LWTUNNEL, or put "
                    + "the nodes on one segment");
        }
    }

    private RoutePath FindPath(NextHop nextHop, bool isIPv6) => nextHop switch
    {
        DeviceHop hop => new RoutePath(FindDevice(hop.Device)),
        TunnelHop hop => Tunnel.PathTo(hop.Address, isIPv6),
        NeighbourHop hop => FindNeighbour(hop, isIPv6),
        _ => throw new ArgumentException($"{nextHop} is no way that is known", nameof(nextHop)),
    };

    private SteeringTunnel Tunnel => _tunnel ?? throw new LinuxException(
        "this node has no tunnel to nodes behind routers: give the steering this node's tunnel address");

    private int FindDevice(string name) => _routes.FindLink(name)?.Index ?? throw new LinuxException(
        $"there is no device {name} in this network namespace (`ip link` tells)");

    private RoutePath FindNeighbour(NeighbourHop hop, bool isIPv6)
    {
        var gateway = Select(hop, isIPv6);
        if (hop.Device is { } device) return Loosened(FindDevice(device), gateway);
        if (_routes.IsLocal(gateway))
            throw new LinuxException($"{gateway} is an address of this host: give the address of the other node");
        if (_routes.FindWay(gateway) is not { } way)
        {
            throw new LinuxException(
                $"no route leads to the neighbour {gateway} (`ip route get {gateway}` tells): give its device, or add a route");
        }

        if (way.IsBehindRouter)
        {
            throw new LinuxException(
                $"{gateway} is behind a router, which would send the packets back: steer to it by a tunnel, or give its address "
                    + "on a segment that both nodes share");
        }

        return Loosened(way.Device, gateway);
    }

    /// <summary>IPv4 packets can be given to a neighbour by its IPv6 address, but not the other way round.</summary>
    private static IpAddress Select(NeighbourHop hop, bool isIPv6)
    {
        foreach (var version in new[] { isIPv6, true })
        {
            foreach (var address in hop.Addresses)
            {
                if (address.IsIPv6 == version) return address;
            }
        }

        throw new LinuxException(
            $"the neighbour {string.Join(", ", hop.Addresses)} has no address to which {(isIPv6 ? "IPv6" : "IPv4")} packets can "
                + "be given: give its IPv6 address on the segment too");
    }

    /// <summary>
    /// What the neighbour steers to this node comes in by the device that leads to the neighbour, from sources that the routes
    /// may have elsewhere: strict reverse path filtering would drop it.
    /// </summary>
    private RoutePath Loosened(int device, IpAddress gateway)
    {
        if (settings.Versions.Contains(false) && _routes.FindName(device) is { } name && !_loose.Contains(name))
        {
            _controls.Ensure($"ipv4/conf/{name}/rp_filter", IsStrictForAll() ? ["2"] : ["2", "0"]);
            _loose.Add(name);
        }

        return new RoutePath(device, gateway);
    }

    /// <summary>Of this key and that of the device the higher one counts.</summary>
    private static bool IsStrictForAll()
    {
        const string Path = "/proc/sys/net/ipv4/conf/all/rp_filter";
        try
        {
            return File.ReadAllText(Path).Trim() == "1";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LinuxException($"{Path} can't be read: mount /proc for this process ({error.Message})");
        }
    }

    private sealed class Owner(NextHop nextHop)
    {
        public NextHop NextHop => nextHop;

        /// <summary>Where the routes to the virtual addresses led when they were looked at last.</summary>
        public Dictionary<IpAddress, RoutePath> Paths { get; } = [];
    }
}
