using System.Globalization;
using ActorStack.Transport.Linux;

namespace ActorStack.CommandLine.Lab;

/// <summary>The TCP counters of a namespace's kernel (RFC 4022 and Linux's extensions).</summary>
internal sealed record KernelCounters(long Retransmissions, long Timeouts, long ResetsReceived, long ResetsSent)
{
    public static KernelCounters Read(NetworkNamespace network)
    {
        var tcp = network.Run(() => File.ReadAllLines("/proc/thread-self/net/snmp"));
        var extended = network.Run(() => File.ReadAllLines("/proc/thread-self/net/netstat"));
        return new KernelCounters(
            Find(tcp, "Tcp:", "RetransSegs"), Find(extended, "TcpExt:", "TCPTimeouts"),
            Find(tcp, "Tcp:", "EstabResets"), Find(tcp, "Tcp:", "OutRsts"));
    }

    public static KernelCounters operator -(KernelCounters after, KernelCounters before) => new(
        after.Retransmissions - before.Retransmissions, after.Timeouts - before.Timeouts,
        after.ResetsReceived - before.ResetsReceived, after.ResetsSent - before.ResetsSent);

    /// <summary>Parses the file: one line has the names, and the next line with the same prefix has the values.</summary>
    private static long Find(string[] lines, string group, string name)
    {
        var rows = lines.Where(line => line.StartsWith(group, StringComparison.Ordinal)).Select(line => line.Split(' '))
            .ToArray();
        var column = Array.IndexOf(rows[0], name);
        return long.Parse(rows[1][column], CultureInfo.InvariantCulture);
    }
}
