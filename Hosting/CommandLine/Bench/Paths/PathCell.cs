using System.Globalization;
using ActorStack.Transport.Emulation.Paths;
using ActorStack.Transport.Links;

namespace ActorStack.CommandLine.Bench.Paths;

/// <summary>
/// One path to measure over. Faults meet the data only, not its acknowledgments; the queue holds one bandwidth-delay product.
/// </summary>
/// <param name="Megabits">Speed of the line, Mbit/s.</param>
/// <param name="Milliseconds">Round-trip time.</param>
/// <param name="Fault">Its name in <see cref="Faults"/>.</param>
/// <param name="Congestion">Congestion control of the sender.</param>
internal sealed record PathCell(int Megabits, int Milliseconds, string Fault, string Congestion)
{
    private const int SmallestQueue = 128 * 1024;
    private const int Rounds = 100;
    private static readonly TimeSpan ReorderDelay = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(3);

    /// <summary>
    /// BBR keeps the path half empty for a moment every five seconds, in its version 1 every ten: both do in this time.
    /// </summary>
    private static readonly TimeSpan ProbeCycle = TimeSpan.FromSeconds(12);

    /// <summary>In less a percentile is that of the two or three slowest transfers.</summary>
    private static readonly TimeSpan ShortTime = TimeSpan.FromSeconds(20);

    /// <summary>
    /// The faults that cells are made of; a burst loses 8 packets on average, half of those it covers, 0.2 % of all.
    /// </summary>
    public static IReadOnlyDictionary<string, WireImpairments> Faults { get; } = new Dictionary<string, WireImpairments>
    {
        ["loss0"] = WireImpairments.None,
        ["loss0.1"] = new() { Loss = 0.001 },
        ["loss1"] = new() { Loss = 0.01 },
        ["loss3"] = new() { Loss = 0.03 },
        ["bursts"] = new() { BurstStart = 0.00025, BurstLength = 16, BurstLoss = 0.5 },
        ["reorder1"] = new() { Reordering = 0.01, ReorderDelay = ReorderDelay },
        ["reorder5"] = new() { Reordering = 0.05, ReorderDelay = ReorderDelay },
    };

    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Megabits}M-{Milliseconds}ms-{Fault}-{Congestion}");

    /// <summary>Time that slow start, buffer tuning and the first losses have before it counts.</summary>
    public TimeSpan WarmUp => TimeSpan.FromMilliseconds(400) + 30 * RoundTrip;

    public TimeSpan RoundTrip => TimeSpan.FromMilliseconds(Milliseconds);

    /// <summary>How long one measurement takes, at least as long as a figure needs to be the same the next time.</summary>
    public TimeSpan TimeFor(string role)
    {
        if (role == PathRole.Short) return ShortTime;
        if (role == PathRole.Sender && Congestion == "bbr") return ProbeCycle;
        var rounds = Rounds * RoundTrip;
        return rounds > LeastTime ? rounds : LeastTime;
    }

    public static IEnumerable<PathCell> All(IEnumerable<string> algorithms) =>
        from algorithm in algorithms
        from megabits in (int[])[100, 1000]
        from milliseconds in (int[])[10, 40, 100]
        from fault in Faults.Keys
        select new PathCell(megabits, milliseconds, fault, algorithm);

    /// <summary>The path of this cell.</summary>
    /// <param name="upload">The left end, the client, sends.</param>
    /// <param name="seed">The seed of all chance on it.</param>
    public PathDescription Describe(bool upload, int seed)
    {
        var bits = Megabits * 1_000_000L;
        var clean = new WireImpairments
        {
            BitsPerSecond = bits,
            Delay = RoundTrip / 2,
            QueueBytes = (int)Math.Max(bits / 8 * Milliseconds / 1000, SmallestQueue),
        };
        var faulty = Faults[Fault] with { BitsPerSecond = bits, Delay = clean.Delay, QueueBytes = clean.QueueBytes };
        return upload ? new PathDescription(faulty, clean, seed) : new PathDescription(clean, faulty, seed);
    }
}
