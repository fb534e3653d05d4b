using ActorStack.Transport.Tcp.Options;
using Akka.Configuration;

namespace ActorStack.Hosting;

/// <summary>What applications know as socket options, by those names in lower case, from HOCON.</summary>
internal static class SocketOptionReader
{
    private static readonly ValueRange<long> KeepaliveProbes = new(1, 127);
    private static readonly ValueRange<long> Segment = new(88, ushort.MaxValue);
    private static readonly ValueRange<long> Bytes = new(0, 1024 * 1024 * 1024);

    private delegate SocketOptions Change(SocketOptions options, HoconSection section, string key);

    private static readonly Dictionary<string, Change> Changes = new()
    {
        ["tcp-nodelay"] = (options, section, key) => options with { NoDelay = section.Switch(key) },
        ["tcp-cork"] = (options, section, key) => options with { Cork = section.Switch(key) },
        ["tcp-quickack"] = (options, section, key) => options with { QuickAck = section.Text(key) is "auto" ? null : section.Switch(key, "Write on, off or auto.") },
        ["so-linger"] = (options, section, key) => options with { Linger = section.Text(key) is "off" or "false" ? null : section.Time(key, OptionRanges.SocketTime) },
        ["so-keepalive"] = (options, section, key) => options with { KeepAlive = section.Switch(key) },
        ["tcp-keepidle"] = (options, section, key) => options with { KeepaliveIdle = section.Time(key, OptionRanges.KeepaliveTime) },
        ["tcp-keepintvl"] = (options, section, key) => options with { KeepaliveInterval = section.Time(key, OptionRanges.KeepaliveTime) },
        ["tcp-keepcnt"] = (options, section, key) => options with { KeepaliveCount = section.Number(key, KeepaliveProbes) },
        ["tcp-user-timeout"] = (options, section, key) => options with { UserTimeout = section.Time(key, OptionRanges.SocketTime) },
        ["tcp-linger2"] = (options, section, key) => options with { Linger2 = section.Time(key, OptionRanges.SocketTime) },
        ["tcp-defer-accept"] = (options, section, key) => options with { DeferAccept = section.Time(key, OptionRanges.SocketTime) },
        ["tcp-notsent-lowat"] = (options, section, key) => options with { NotSentLowWater = (int)section.Size(key, Bytes) },
        ["tcp-maxseg"] = (options, section, key) => options with { MaximumSegmentSize = (ushort)section.Number(key, Segment) },
        ["tcp-congestion"] = (options, section, key) => options with { CongestionAlgorithm = section.Congestion(key) },
        ["tcp-syncnt"] = (options, section, key) => options with { MaximumSynRetransmits = section.Number(key, new(1, byte.MaxValue)) },
        ["so-sndbuf"] = (options, section, key) => options with { SendBuffer = (int)section.Size(key, Bytes) },
        ["so-rcvbuf"] = (options, section, key) => options with { ReceiveBuffer = (int)section.Size(key, Bytes) },
        ["tcp-fastopen"] = (options, section, key) => options with { FastOpen = section.Number(key, new(0, ushort.MaxValue)) },
        ["tcp-fastopen-connect"] = (options, section, key) => options with { FastOpenConnect = section.Switch(key) },
        ["ip-ttl"] = (options, section, key) => options with { HopLimit = (byte)section.Number(key, new(1, byte.MaxValue)) },
        ["ip-tos"] = (options, section, key) => options with { TrafficClass = (byte)(section.Number(key, new(0, byte.MaxValue)) & ~3) }, // those are ECN's
    };

    /// <summary>The names for people.</summary>
    public static string Names => string.Join(", ", Changes.Keys);

    /// <param name="options">What they change.</param>
    /// <param name="config">Null: nothing is changed.</param>
    /// <param name="where">What people know <paramref name="config"/> by.</param>
    /// <exception cref="StackStartException">There is no such option, or its value is out of its range.</exception>
    public static SocketOptions Apply(SocketOptions options, Config? config, string where)
    {
        if (config is null || config.IsEmpty) return options;
        var section = new HoconSection(config, where);
        foreach (var (key, _) in config.AsEnumerable())
        {
            if (!Changes.TryGetValue(key, out var change)) throw new StackStartException($"{where} has no option '{key}'.", $"Give one of {Names}.");
            options = change(options, section, key);
        }

        return options;
    }
}
