using ActorStack.Transport.Tcp;
using Akka.Configuration;

namespace ActorStack.Hosting;

/// <summary>What applications know as socket options, by those names in lower case, from HOCON.</summary>
internal static class SocketOptions
{
    private const int MostKeepaliveProbes = 127;
    private const int LeastSegment = 64;

    /// <param name="settings">What they change.</param>
    /// <param name="config">Section <c>actorstack.socket-options</c>.</param>
    /// <exception cref="StackStartException">A value is out of its range.</exception>
    public static TcpSettings Apply(TcpSettings settings, Config config) => settings with
    {
        NoDelay = config.GetBoolean("tcp-nodelay"),
        KeepAlive = config.GetBoolean("so-keepalive"),
        KeepaliveIdle = Time(config, "tcp-keepidle"),
        KeepaliveInterval = Time(config, "tcp-keepintvl"),
        KeepaliveCount = Number(config, "tcp-keepcnt", 1, MostKeepaliveProbes),
        UserTimeout = config.GetTimeSpan("tcp-user-timeout"),
        MaximumSegmentSize = (ushort)Number(config, "tcp-maxseg", LeastSegment, ushort.MaxValue),
        MaximumSynRetransmits = Number(config, "tcp-syncnt", 1, byte.MaxValue),
        HopLimit = (byte)Number(config, "ip-ttl", 1, byte.MaxValue),
        TrafficClass = (byte)(Number(config, "ip-tos", 0, byte.MaxValue) & ~3), // the lower two bits are ECN's
    };

    private static TimeSpan Time(Config config, string key)
    {
        var time = config.GetTimeSpan(key);
        if (time >= TimeSpan.FromSeconds(1)) return time;
        throw new StackStartException($"actorstack.socket-options.{key} is {time}.", "Give a second at least.");
    }

    private static int Number(Config config, string key, int least, int most)
    {
        var value = config.GetInt(key);
        if (value >= least && value <= most) return value;
        throw new StackStartException($"actorstack.socket-options.{key} is {value}.", $"Give a value from {least} to {most}.");
    }
}
