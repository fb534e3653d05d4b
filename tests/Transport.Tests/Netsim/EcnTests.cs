using ActorStack.Tests.Common.Simulation.Shared;
using ActorStack.Transport.Links;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Options;

namespace ActorStack.Transport.Tests.Netsim;

/// <summary>
/// A queue that marks from a third on (RFC 3168) beside one that drops when it is full: 20 Mbit/s, 40 ms, two products deep.
/// </summary>
public sealed class EcnTests
{
    private const int Queue = 200_000;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("cubic")]
    [InlineData("reno")]
    [InlineData("bbr")]
    public void Marks_keep_the_queue_short_with_few_losses_and_cost_little(string algorithm)
    {
        var dropping = Run(algorithm, EcnMode.Off);
        var marking = Run(algorithm, EcnMode.Active);
        var (kept, lost) = (marking.Flows[0], dropping.Flows[0]);
        Assert.True(kept.Received >= 0.95 * lost.Received, $"{kept.Received} bytes instead of {lost.Received}");
        Assert.True(4 * marking.Forward.QueueDrops <= dropping.Forward.QueueDrops,
            $"{marking.Forward.QueueDrops} drops instead of {dropping.Forward.QueueDrops}");
        var seen = kept.Sender!.Statistics(marking.Now);
        Assert.InRange(seen.DeliveredCe!.Value, 1, seen.Delivered / 2);
        Assert.True(seen.Rtt <= lost.Sender!.Statistics(dropping.Now).Rtt, "the queue is no shorter");
    }

    private static SharedPathSimulation Run(string algorithm, EcnMode ecn)
    {
        var path = new WireImpairments { BitsPerSecond = 20_000_000, Delay = TimeSpan.FromMilliseconds(20), QueueBytes = Queue };
        var simulation = new SharedPathSimulation(new SharedPathSettings
        {
            Forward = path with { MarkingBytes = Queue / 3 },
            Backward = path,
            Flows = [algorithm],
            Tcp = TcpSettings.Default with { MaximumSegmentPayload = 64 * 1024, Ecn = ecn },
        });
        simulation.RunTo(Time);
        return simulation;
    }
}
