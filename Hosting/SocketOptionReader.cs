using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Congestion;
using Akka.Configuration;

namespace ActorStack.Hosting;

/// <summary>What applications know as socket options, by those names in lower case, from HOCON.</summary>
internal static class SocketOptionReader
{
    private const int MostKeepaliveProbes = 127;
    private const int LeastSegment = 88;
    private const int MostBytes = 1024 * 1024 * 1024;

    private delegate SocketOptions Change(SocketOptions options, Config config, string key);

    private static readonly Dictionary<string, Change> Changes = new()
    {
        ["tcp-nodelay"] = (options, config, key) => options with { NoDelay = config.GetBoolean(key) },
        ["tcp-cork"] = (options, config, key) => options with { Cork = config.GetBoolean(key) },
        ["tcp-quickack"] = (options, config, key) => options with { QuickAck = config.GetString(key) is "auto" ? null : config.GetBoolean(key) },
        ["so-linger"] = (options, config, key) => options with { Linger = config.GetString(key) is "off" or "false" ? null : Time(config, key, 0) },
        ["so-keepalive"] = (options, config, key) => options with { KeepAlive = config.GetBoolean(key) },
        ["tcp-keepidle"] = (options, config, key) => options with { KeepaliveIdle = Time(config, key, 1) },
        ["tcp-keepintvl"] = (options, config, key) => options with { KeepaliveInterval = Time(config, key, 1) },
        ["tcp-keepcnt"] = (options, config, key) => options with { KeepaliveCount = Number(config, key, 1, MostKeepaliveProbes) },
        ["tcp-user-timeout"] = (options, config, key) => options with { UserTimeout = Time(config, key, 0) },
        ["tcp-linger2"] = (options, config, key) => options with { Linger2 = Time(config, key, 0) },
        ["tcp-defer-accept"] = (options, config, key) => options with { DeferAccept = Time(config, key, 0) },
        ["tcp-notsent-lowat"] = (options, config, key) => options with { NotSentLowWater = Bytes(config, key) },
        ["tcp-maxseg"] = (options, config, key) => options with { MaximumSegmentSize = (ushort)Number(config, key, LeastSegment, ushort.MaxValue) },
        ["tcp-congestion"] = (options, config, key) => options with { CongestionAlgorithm = Congestion(config, key) },
        ["tcp-syncnt"] = (options, config, key) => options with { MaximumSynRetransmits = Number(config, key, 1, byte.MaxValue) },
        ["so-sndbuf"] = (options, config, key) => options with { SendBuffer = Bytes(config, key) },
        ["so-rcvbuf"] = (options, config, key) => options with { ReceiveBuffer = Bytes(config, key) },
        ["tcp-fastopen"] = (options, config, key) => options with { FastOpen = Number(config, key, 0, ushort.MaxValue) },
        ["tcp-fastopen-connect"] = (options, config, key) => options with { FastOpenConnect = config.GetBoolean(key) },
        ["ip-ttl"] = (options, config, key) => options with { HopLimit = (byte)Number(config, key, 1, byte.MaxValue) },
        ["ip-tos"] = (options, config, key) => options with { TrafficClass = (byte)(Number(config, key, 0, byte.MaxValue) & ~3) }, // those are ECN's
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
        foreach (var (key, _) in config.AsEnumerable()) options = Read(options, config, key, where);
        return options;
    }

    private static SocketOptions Read(SocketOptions options, Config config, string key, string where)
    {
        if (!Changes.TryGetValue(key, out var change))
            throw new StackStartException($"{where} has no option '{key}'.", $"Give one of {Names}.");
        try
        {
            return change(options, config, key);
        }
        catch (Exception error) when (error is FormatException or NotSupportedException or OverflowException)
        {
            throw new StackStartException($"{where}.{key} is '{config.GetString(key)}'.", error.Message, error);
        }
    }

    private static TimeSpan Time(Config config, string key, int least)
    {
        var time = config.GetTimeSpan(key, allowInfinite: false);
        return time >= TimeSpan.FromSeconds(least) ? time : throw new FormatException($"Give {least} s at least.");
    }

    private static int Number(Config config, string key, int least, int most)
    {
        var value = config.GetInt(key);
        return value >= least && value <= most ? value : throw new FormatException($"Give a value from {least} to {most}.");
    }

    private static int Bytes(Config config, string key)
    {
        var bytes = config.GetByteSize(key) ?? -1;
        return bytes is >= 0 and <= MostBytes ? (int)bytes : throw new FormatException($"Give a size from 0 to {MostBytes} bytes.");
    }

    private static string Congestion(Config config, string key)
    {
        var name = config.GetString(key);
        return CongestionControls.Names.Contains(name) ? name : throw new FormatException($"Write one of {CongestionControls.List}.");
    }
}
