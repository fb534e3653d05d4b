using ActorStack.Transport.Tcp.Recovery;
using ActorStack.Transport.Wire;
using BenchmarkDotNet.Attributes;

namespace ActorStack.Benchmarks;

/// <summary>A connection that sends a segment and gets its acknowledgment before it sends the next one.</summary>
public class DialogueBenchmarks
{
    private const int Size = 64;

    private readonly Scoreboard _scoreboard = new();
    private SequenceNumber _next = new(1);

    [Benchmark(Description = "scoreboard: send a segment and acknowledge it")]
    public bool Exchange()
    {
        var start = _next;
        _next += Size;
        _scoreboard.Append(start, _next, Size, TimeSpan.FromMilliseconds(1), default);
        var delivery = new Delivery
        {
            Now = TimeSpan.FromMilliseconds(2),
            HighestBefore = start,
            RecoveryPoint = start,
            MinimumRoundTrip = default,
            Echo = null,
            TimestampOffset = default,
        };
        _scoreboard.Acknowledge(_next, ref delivery);
        return _scoreboard.IsEmpty;
    }
}
