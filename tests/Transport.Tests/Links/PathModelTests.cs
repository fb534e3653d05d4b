using ActorStack.Transport.Emulation.Paths;
using ActorStack.Transport.Links;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Links;

public sealed class PathModelTests
{
    private const int Packets = 50_000;
    private static readonly TimeSpan Spacing = TimeSpan.FromMicroseconds(100);

    [Fact]
    public void A_line_is_not_off_by_rounding()
    {
        var model = new PathModel(new WireImpairments { BitsPerSecond = 950_000_000, QueueBytes = int.MaxValue }, seed: 1);
        PathFate last = default;
        for (var i = 0; i < Packets; i++) last = model.Offer(1_052, EcnCodepoint.NotEct, TimeSpan.Zero);
        Assert.Equal(Packets * 1_052 * 8 / 950e6, last.At.TotalSeconds, 6);
    }

    [Fact]
    public void The_queue_is_bounded_in_packets_too()
    {
        var model = new PathModel(new WireImpairments { BitsPerSecond = 8_000_000, QueuePackets = 3 }, seed: 1);
        var fates = Enumerable.Range(0, 5).Select(_ => model.Offer(1_000, EcnCodepoint.NotEct, TimeSpan.Zero).Outcome).ToArray();
        Assert.Equal([PathOutcome.Delivered, PathOutcome.Delivered, PathOutcome.Delivered, PathOutcome.QueueDropped,
            PathOutcome.QueueDropped], fates);
        Assert.True(model.Offer(1_000, EcnCodepoint.NotEct, TimeSpan.FromMilliseconds(1)).IsDelivered);
        Assert.Equal(3, model.Statistics.MaximumQueuePackets);
    }

    [Theory]
    [InlineData(EcnCodepoint.NotEct, false)]
    [InlineData(EcnCodepoint.Ect0, true)]
    [InlineData(EcnCodepoint.Ect1, true)]
    [InlineData(EcnCodepoint.CongestionExperienced, false)]
    public void Above_the_threshold_ECN_capable_packets_are_marked(EcnCodepoint codepoint, bool isMarked)
    {
        var model = new PathModel(new WireImpairments { BitsPerSecond = 8_000_000, MarkingBytes = 2_000 }, seed: 1);
        var marks = Enumerable.Range(0, 4).Select(_ => model.Offer(1_000, codepoint, TimeSpan.Zero).IsMarked).ToArray();
        Assert.Equal([false, false, isMarked, isMarked], marks);
    }

    [Fact]
    public void Each_state_of_the_loss_model_has_its_own_chance()
    {
        var settings = new WireImpairments { Loss = 0.01, BurstStart = 0.01, BurstLength = 20, BurstLoss = 0.4 };
        var model = new PathModel(settings, seed: 5);
        for (var i = 0; i < Packets; i++) model.Offer(100, EcnCodepoint.NotEct, i * Spacing);
        var inBurst = 20 * 0.01 / (20 * 0.01 + 1);
        var expected = Packets * (inBurst * 0.4 + (1 - inBurst) * 0.01);
        Assert.InRange(model.Statistics.Lost, expected * 0.9, expected * 1.1);
    }

    [Fact]
    public void One_impairment_does_not_shift_the_luck_of_another()
    {
        Assert.Equal(Lost(new WireImpairments { Loss = 0.02 }),
            Lost(new WireImpairments { Loss = 0.02, Reordering = 0.5, Duplication = 0.5, Corruption = 0.5 }));

        static List<int> Lost(WireImpairments settings)
        {
            var model = new PathModel(settings, seed: 8);
            return [.. Enumerable.Range(0, 5_000).Where(i => !model.Offer(100, EcnCodepoint.NotEct, i * Spacing).IsDelivered)];
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Jitter_changes_the_order_only_where_that_is_wanted(bool reorders)
    {
        var model = new PathModel(
            new WireImpairments { Jitter = TimeSpan.FromMilliseconds(5), JitterReorders = reorders }, seed: 2);
        var arrivals = Enumerable.Range(0, 1_000).Select(i => model.Offer(100, EcnCodepoint.NotEct, i * Spacing).At).ToArray();
        Assert.Equal(!reorders, arrivals.SequenceEqual(arrivals.Order()));
    }
}
