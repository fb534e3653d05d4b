using System.Text;
using ActorStack.Transport.Linux;

namespace ActorStack.Transport.Engines.Kernel;

/// <summary>
/// Sends segments of one connection to the kernel or to the link, by the SO_MARK of the kernel's socket for it: set once for all
/// connections, switched by one socket option each. Disposing takes it down, and so does the next start after a kill.
/// </summary>
/// <remarks>It is taken down by sockets that are held open since the start: that takes no new descriptor and no child
/// process.</remarks>
internal sealed class Steering : IDisposable
{
    private static readonly string[] Chains = ["pre", "out"];

    private readonly KernelEngineSettings _settings;
    private readonly SystemControls _controls = new();
    private readonly RouteNetlink _routes = new();
    private readonly NftablesNetlink _nftables = new();
    private byte[]? _installed;

    private Steering(KernelEngineSettings settings) => _settings = settings;

    /// <summary>In the network namespace of the calling thread.</summary>
    public static Steering Install(KernelEngineSettings settings)
    {
        var steering = new Steering(settings);
        try
        {
            steering.RemoveRoutes();
            steering.InstallTable();
            foreach (var isIPv6 in steering.Versions) steering.AddRoutes(isIPv6);

            // Early demultiplexing hands a segment to its socket before the marks are looked at: after the switch back to the
            // link it would go on, and what the frozen socket then drops the peer must send again.
            steering._controls.Ensure("ipv4/tcp_early_demux", "0");
            return steering;
        }
        catch (LinuxException)
        {
            steering.Dispose();
            throw;
        }
    }

    /// <summary>What something else may take away. To be put back in the namespace of the steering.</summary>
    public IEnumerable<HostPart> Parts =>
    [
        new($"nftables table {Table}", EnsureTable),
        .. Versions.SelectMany(isIPv6 => new HostPart[]
        {
            new($"rule for mark 0x{_settings.RouteMark:x} for {Version(isIPv6)}", () => AddRule(isIPv6)),
            new($"routing table {_settings.RouteTable} for {Version(isIPv6)}", () => AddTable(isIPv6)),
            new($"precedence of the rule for {Version(isIPv6)}", () => CheckPrecedence(isIPv6)),
        }),
        .. _controls.Parts.Select(control => control with { IsVital = false }),
    ];

    /// <summary>From any thread.</summary>
    public void Dispose()
    {
        using (_routes)
        using (_nftables)
        using (_controls)
        {
            try
            {
                RemoveRoutes();
            }
            finally
            {
                _nftables.Remove(NftablesNetlink.FamilyInet, Table);
            }
        }
    }

    private string Table => $"actorstack-{_settings.Name}";

    /// <summary>The versions of IP that are in use: false for 4, true for 6.</summary>
    private IEnumerable<bool> Versions => _settings.Addresses.Select(address => address.IsIPv6).Distinct();

    private void InstallTable()
    {
        Tool.Run("nft", ["-f", "-"], Rules());
        _installed = _nftables.Read(NftablesNetlink.FamilyInet, Table, Chains);
    }

    private bool EnsureTable()
    {
        var present = _nftables.Read(NftablesNetlink.FamilyInet, Table, Chains);
        if (present is not null && present.AsSpan().SequenceEqual(_installed)) return false;
        InstallTable();
        return true;
    }

    private void AddRoutes(bool isIPv6)
    {
        AddRule(isIPv6);
        AddTable(isIPv6);
    }

    private bool AddRule(bool isIPv6) =>
        _routes.AddRule(isIPv6, _settings.RulePriority, _settings.RouteMark, _settings.RouteTable);

    private bool AddTable(bool isIPv6) => _routes.AddLocalTable(isIPv6, _settings.RouteTable);

    /// <summary>There is nothing to put back: the rule that goes before is another's. False.</summary>
    private bool CheckPrecedence(bool isIPv6)
    {
        var address = _settings.Addresses.First(address => address.IsIPv6 == isIPv6);
        if (_routes.LeadsTo(_settings.RouteTable, _settings.RouteMark, address)) return false;
        throw new LinuxException(
            $"another rule sends packets with mark 0x{_settings.RouteMark:x} elsewhere: give it a number above "
                + $"{_settings.RulePriority} (`ip rule`)");
    }

    // Left by a predecessor that was killed, or set by this one: a rule may stand more than once.
    private void RemoveRoutes()
    {
        foreach (var isIPv6 in new[] { false, true })
        {
            while (_routes.RemoveRule(isIPv6, _settings.RouteMark, _settings.RouteTable))
            {
            }

            _routes.RemoveLocalTable(isIPv6, _settings.RouteTable);
        }
    }

    /// <summary>
    /// One transaction; the table of a killed predecessor is replaced. <c>pre</c> steers. <c>out</c> keeps the kernel from
    /// resetting connections it does not know, because they are the software stack's; its own sockets carry the mark and may.
    /// </summary>
    private string Rules()
    {
        var text = new StringBuilder();
        text.AppendLine($"add table inet {Table}");
        text.AppendLine($"delete table inet {Table}");
        text.AppendLine($"table inet {Table} {{");
        text.AppendLine("  chain pre {");
        text.AppendLine("    type filter hook prerouting priority mangle; policy accept;");
        foreach (var (family, set) in Sets())
        {
            var steer = $"meta mark set {Hexadecimal(_settings.RouteMark)} accept";
            text.AppendLine($"    {family} daddr {{ {set} }} socket mark {Hexadecimal(_settings.SocketMark)} {steer}");
            text.AppendLine(
                $"    iifname \"{_settings.Link.Name}\" {family} daddr {{ {set} }} socket mark "
                    + $"{Hexadecimal(_settings.ForwardMark)} {steer}");
        }

        text.AppendLine("  }");
        text.AppendLine("  chain out {");
        text.AppendLine("    type filter hook output priority 0; policy accept;");
        foreach (var (family, set) in Sets())
            text.AppendLine($"    {family} saddr {{ {set} }} tcp flags & rst == rst meta mark != {{ "
                + $"{Hexadecimal(_settings.SocketMark)}, {Hexadecimal(_settings.ForwardMark)} }} drop");
        text.AppendLine("  }");
        text.AppendLine("}");
        return text.ToString();
    }

    private IEnumerable<(string Family, string Addresses)> Sets() => Versions.Select(
        isIPv6 => (isIPv6 ? "ip6" : "ip", string.Join(", ", _settings.Addresses.Where(address => address.IsIPv6 == isIPv6))));

    private static string Version(bool isIPv6) => isIPv6 ? "IPv6" : "IPv4";

    private static string Hexadecimal(uint value) => $"0x{value:x}";
}
