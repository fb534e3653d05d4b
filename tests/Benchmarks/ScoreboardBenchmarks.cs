using ActorStack.Transport.Tcp.Recovery;
using ActorStack.Transport.Wire;
using BenchmarkDotNet.Attributes;

namespace ActorStack.Benchmarks;

/// <summary>
/// A flight of which every other segment is reported by SACK, one after the other, and which is then acknowledged.
/// </summary>
public class ScoreboardBenchmarks
{
    private const int Size = 1448;

    private static readonly SequenceNumber Start = new(1);

    /// <summary>Segments in flight.</summary>
    [Params(100, 10_000)]
    public int Flight { get; set; }

    [Benchmark(Description = "scoreboard: send, SACK and acknowledge a flight")]
    public long SackFlight()
    {
        var scoreboard = new Scoreboard();
        for (var segment = 0; segment < Flight; segment++)
            scoreboard.Append(Start + segment * Size, Start + (segment + 1) * Size, Size, TimeSpan.FromTicks(segment), default);
        var delivery = new Delivery
        {
            Now = TimeSpan.FromSeconds(1),
            HighestBefore = Start,
            RecoveryPoint = Start,
            MinimumRoundTrip = default,
            Echo = null,
            TimestampOffset = default,
        };
        for (var segment = 1; segment < Flight; segment += 2)
            scoreboard.Sack(new SackBlock(Start + segment * Size, Start + (segment + 1) * Size), ref delivery);
        var sacked = scoreboard.SackedBytes;
        scoreboard.Acknowledge(Start + Flight * Size, ref delivery);
        return sacked;
    }
}
