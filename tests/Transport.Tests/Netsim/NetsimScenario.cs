using ActorStack.Tests.Common.Simulation.Shared;
using ActorStack.Transport.Links;

namespace ActorStack.Transport.Tests.Netsim;

/// <summary>
/// One transfer over a path that differs in one thing from the plain one: 20 Mbit/s, 20 ms of round-trip time, a queue of one
/// bandwidth-delay product, buffers of 1 MB.
/// </summary>
internal sealed record NetsimScenario(string Name, WireImpairments Path, int Buffer = 1 << 20)
{
    private const int BandwidthDelayProduct = 50_000;

    private static readonly WireImpairments Plain = new()
    {
        BitsPerSecond = 20_000_000,
        Delay = TimeSpan.FromMilliseconds(10),
        QueueBytes = BandwidthDelayProduct,
    };

    public static IReadOnlyList<NetsimScenario> All { get; } =
    [
        new("plain", Plain),
        new("buffer 16 KB", Plain, 16 << 10),
        new("buffer 64 KB", Plain, 64 << 10),
        new("buffer 256 KB", Plain, 256 << 10),
        new("loss 0.1 %", Plain with { Loss = 0.001 }),
        new("loss 1 %", Plain with { Loss = 0.01 }),
        new("loss 3 %", Plain with { Loss = 0.03 }),
        new("bursts", Plain with { BurstStart = 0.0005, BurstLength = 16, BurstLoss = 0.5 }),
        new("delay 2 ms", Plain with { Delay = TimeSpan.FromMilliseconds(2) }),
        new("delay 50 ms", Plain with { Delay = TimeSpan.FromMilliseconds(50) }),
        new("delay 150 ms", Plain with { Delay = TimeSpan.FromMilliseconds(150) }),
        new("reordering 1 %", Plain with { Reordering = 0.01, ReorderDelay = TimeSpan.FromMilliseconds(2) }),
        new("reordering 5 %", Plain with { Reordering = 0.05, ReorderDelay = TimeSpan.FromMilliseconds(2) }),
        new("reordering 5 % by 8 ms", Plain with { Reordering = 0.05, ReorderDelay = TimeSpan.FromMilliseconds(8) }),
        new("jitter 5 ms", Plain with { Jitter = TimeSpan.FromMilliseconds(5) }),
        new("jitter 5 ms out of order", Plain with { Jitter = TimeSpan.FromMilliseconds(5), JitterReorders = true }),
        new("duplication 2 %", Plain with { Duplication = 0.02 }),
        new("bandwidth 2 Mbit/s", Plain with { BitsPerSecond = 2_000_000 }),
        new("bandwidth 100 Mbit/s", Plain with { BitsPerSecond = 100_000_000 }),
        new("queue 10 KB", Plain with { QueueBytes = 10_000 }),
        new("queue 20 packets", Plain with { QueuePackets = 20 }),
        new("queue 500 KB", Plain with { QueueBytes = 500_000 }),
    ];

    public static NetsimScenario Find(string name) => All.Single(scenario => scenario.Name == name);

    /// <summary>Acknowledgments come back over a line of the same speed and delay, without faults.</summary>
    public SharedPathSettings Settings(params string[] flows) => new()
    {
        Forward = Path,
        Backward = new WireImpairments { BitsPerSecond = Path.BitsPerSecond, Delay = Path.Delay },
        Flows = flows,
        SendCapacity = Buffer,
        ReceiveCapacity = Buffer,
    };
}
