using System.Globalization;
using ActorStack.Transport.Links;
using ActorStack.Transport.Links.Paths;

namespace ActorStack.CommandLine.Bench.Paths;

/// <summary>One path to measure over. Faults meet the data only, not its acknowledgments; the queue holds one bandwidth-delay product.</summary>
/// <param name="Megabits">Speed of the line, Mbit/s.</param>
/// <param name="Milliseconds">Round-trip time.</param>
/// <param name="Fault">Its name in <see cref="Faults"/>.</param>
/// <param name="Congestion">Congestion control of the sender.</param>
internal sealed record PathCell(int Megabits, int Milliseconds, string Fault, string Congestion)
{
    private const int SmallestQueue = 128 * 1024;
    private static readonly TimeSpan ReorderDelay = TimeSpan.FromMilliseconds(1);

    /// <summary>The faults that cells are made of; a burst loses 8 packets on average, half of those it covers, 0.2 % of all.</summary>
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

    public static IEnumerable<PathCell> All(IEnumerable<string> algorithms) =>
        from algorithm in algorithms
        from megabits in (int[])[100, 1000]
        from milliseconds in (int[])[10, 40, 100]
        from fault in Faults.Keys
        select new PathCell(megabits, milliseconds, fault, algorithm);

    /// <param name="upload">The left end, the client, sends.</param>
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
