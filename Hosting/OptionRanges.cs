using ActorStack.Transport.Wire;

namespace ActorStack.Hosting;

/// <summary>What options may be, wherever they are given: in code, in the configuration or in <c>akka.hocon</c>.</summary>
internal static class OptionRanges
{
    /// <summary>More than anybody waits, and far below the 49 days that a timer can count.</summary>
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(7);

    /// <summary>Bytes of one of a connection's buffers.</summary>
    public static readonly ValueRange<long> Buffer = new(4 * 1024, 1024 * 1024 * 1024);

    /// <summary>Bytes of one event trace.</summary>
    public static readonly ValueRange<long> Trace = Buffer;
    public static readonly ValueRange<long> Loops = new(1, FlowSpread.MaximumCount);
    public static readonly ValueRange<long> ToeCapacity = new(1, 1_000_000);
    public static readonly ValueRange<long> MaximumConnections = new(1, int.MaxValue);
    public static readonly ValueRange<long> EndedKept = new(0, int.MaxValue);
    public static readonly ValueRange<long> ChallengeAcksPerSecond = new(1, int.MaxValue);

    /// <summary>Any other of the limits.</summary>
    public static readonly ValueRange<long> Limit = new(0, int.MaxValue);

    /// <summary>Bytes; 0 stands for a share of what there is.</summary>
    public static readonly ValueRange<long> Memory = new(0, long.MaxValue);
    public static readonly ValueRange<long> Backlog = new(0, int.MaxValue);

    /// <summary>0 stands for no limit.</summary>
    public static readonly ValueRange<long> Concurrency = new(0, int.MaxValue);
    public static readonly ValueRange<TimeSpan> MigrationTimeout = new(TimeSpan.FromMilliseconds(1), LongestTime);
    public static readonly ValueRange<TimeSpan> DrainLimit = new(TimeSpan.Zero, LongestTime);

    /// <summary>Of a socket option that may be 0, and of one that counts in seconds.</summary>
    public static readonly ValueRange<TimeSpan> SocketTime = new(TimeSpan.Zero, LongestTime);
    public static readonly ValueRange<TimeSpan> KeepaliveTime = new(TimeSpan.FromSeconds(1), LongestTime);

    /// <summary>Least MTUs: RFC 8200 section 5, RFC 791 section 3.2.</summary>
    public static ValueRange<long> Mtu(bool hasIPv6) => new(hasIPv6 ? 1280 : 576, ushort.MaxValue);
}
