using ActorStack.Transport.Linux;

namespace ActorStack.Hosting.Tests.Support;

/// <summary>All that a service could leave in its network namespace.</summary>
internal static class NetworkFingerprint
{
    /// <summary>What the kernel does about the veth meanwhile is not the service's work.</summary>
    public static string Fingerprint(this NetworkNamespace network)
    {
        string[] seen =
        [
            network.Ip("-oneline", "link"), network.Ip("rule"), network.Ip("-6", "rule"),
            network.Ip("route", "show", "table", "all"), network.Ip("-6", "route", "show", "table", "all"),
            network.Execute("nft", "list", "ruleset"),
            network.Execute("cat", "/proc/sys/net/ipv4/ip_forward", "/proc/sys/net/ipv6/conf/all/forwarding",
                "/proc/sys/net/ipv4/tcp_early_demux"),
        ];
        return string.Join('\n', seen.SelectMany(text => text.Split('\n')).Where(line => !line.Contains("veth0")));
    }
}
