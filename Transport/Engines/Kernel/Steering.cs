using System.Globalization;
using System.Text;
using ActorStack.Transport.Linux;

namespace ActorStack.Transport.Engines.Kernel;

/// <summary>
/// Sends segments of one connection to the kernel or to the link, by the SO_MARK of the kernel's socket for it: set once for all
/// connections, switched by one socket option each. Disposing takes it down, and so does the next start after a kill.
/// </summary>
internal sealed class Steering : IDisposable
{
    private readonly KernelEngineSettings _settings;
    private readonly NetworkNamespace _namespace;
    private readonly SystemControls _controls = new();

    private Steering(KernelEngineSettings settings, NetworkNamespace networkNamespace)
    {
        _settings = settings;
        _namespace = networkNamespace;
    }

    public static Steering Install(KernelEngineSettings settings, NetworkNamespace networkNamespace)
    {
        var steering = new Steering(settings, networkNamespace);
        steering.RemoveRoutes();
        try
        {
            networkNamespace.Run(steering.Add);

            // Early demultiplexing hands a segment to its socket before the marks are looked at: after the switch back to the link it
            // would go on, and what the frozen socket then drops the peer must send again.
            networkNamespace.Run(() => steering._controls.Ensure("ipv4/tcp_early_demux", "0"));
            return steering;
        }
        catch (LinuxException)
        {
            steering.Dispose();
            throw;
        }
    }

    public void Dispose() => _namespace.Run(() =>
    {
        _controls.Dispose();
        RemoveRoutes();
        Tool.TryRun("nft", "delete", "table", "inet", Table);
    });

    private string Table => $"actorstack-{_settings.Name}";

    private static IEnumerable<string> Families => ["-4", "-6"];

    private void Add()
    {
        Tool.Run("nft", ["-f", "-"], Rules());
        var mark = Hexadecimal(_settings.RouteMark);
        var table = _settings.RouteTable.ToString(CultureInfo.InvariantCulture);
        foreach (var (family, everything) in new[] { ("-4", "0.0.0.0/0"), ("-6", "::/0") })
        {
            if (!Uses(family)) continue;
            Tool.Run("ip", [family, "rule", "add", "fwmark", mark, "lookup", table]);
            Tool.Run("ip", [family, "route", "replace", "local", everything, "dev", "lo", "table", table]);
        }
    }

    // Left by a predecessor that was killed, or set by this one: a rule may stand more than once.
    private void RemoveRoutes() => _namespace.Run(() =>
    {
        var mark = Hexadecimal(_settings.RouteMark);
        var table = _settings.RouteTable.ToString(CultureInfo.InvariantCulture);
        foreach (var family in Families)
        {
            while (Tool.TryRun("ip", family, "rule", "del", "fwmark", mark, "lookup", table))
            {
            }

            Tool.TryRun("ip", family, "route", "flush", "table", table);
        }
    });

    /// <summary>
    /// One transaction; the table of a killed predecessor is replaced. <c>pre</c> steers. <c>out</c> keeps the kernel from resetting
    /// connections it does not know, because they are the software stack's; its own sockets carry the mark and may.
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
            text.AppendLine($"    iifname \"{_settings.Link.Name}\" {family} daddr {{ {set} }} socket mark {Hexadecimal(_settings.ForwardMark)} {steer}");
        }

        text.AppendLine("  }");
        text.AppendLine("  chain out {");
        text.AppendLine("    type filter hook output priority 0; policy accept;");
        foreach (var (family, set) in Sets())
            text.AppendLine($"    {family} saddr {{ {set} }} tcp flags & rst == rst meta mark != {{ {Hexadecimal(_settings.SocketMark)}, {Hexadecimal(_settings.ForwardMark)} }} drop");
        text.AppendLine("  }");
        text.AppendLine("}");
        return text.ToString();
    }

    private IEnumerable<(string Family, string Addresses)> Sets()
    {
        if (Uses("-4")) yield return ("ip", string.Join(", ", _settings.Addresses.Where(address => !address.IsIPv6)));
        if (Uses("-6")) yield return ("ip6", string.Join(", ", _settings.Addresses.Where(address => address.IsIPv6)));
    }

    private bool Uses(string family) => _settings.Addresses.Any(address => address.IsIPv6 == (family == "-6"));

    private static string Hexadecimal(uint value) => $"0x{value:x}";
}
