using ActorStack.Tests.Common;
using ActorStack.Transport.Tcp.Recovery;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp.Recovery;

/// <summary>RFC 2018, 6675: the scoreboard against a naive model, and what a hostile peer can make it cost.</summary>
public sealed class ScoreboardTests
{
    private const int Size = 100;
    private static readonly SequenceNumber Start = new(uint.MaxValue - 20_000);

    [Fact]
    [Rfc(6675, "3", "4")]
    public void It_agrees_with_a_naive_model_whatever_is_sent_acknowledged_lost_and_taken_back()
    {
        for (var seed = 1; seed <= 200; seed++) Compare(seed);
    }

    [Fact]
    public void A_window_sent_and_SACKed_whole_is_few_runs()
    {
        var scoreboard = Sent(1000, each: 50);
        Assert.Equal(20, scoreboard.Count);
        for (var segment = 1; segment < 1000; segment++) Sack(scoreboard, segment, segment + 1);
        Assert.Equal(2, scoreboard.Count);
        Assert.Equal(999, scoreboard.SackedSegments);
    }

    [Fact]
    public void A_peer_that_SACKs_every_second_segment_costs_work_in_proportion_to_its_acknowledgments()
    {
        const int Segments = 8_000;
        var scoreboard = Sent(Segments, each: 40);
        var worst = 0L;
        for (var segment = Segments - 1; segment > 0; segment -= 2)
            worst = Math.Max(worst, Visits(scoreboard, () => Sack(scoreboard, segment, segment + 1)));
        for (var again = 0; again < 3; again++) worst = Math.Max(worst, Visits(scoreboard, () => Sack(scoreboard, 4_001, 4_002)));
        Assert.True(worst < 60, $"{worst} runs were looked at for one block");
    }

    [Fact]
    public void Blocks_of_single_bytes_split_nothing()
    {
        var scoreboard = Sent(100, each: 10);
        for (var i = 1; i < 10_000; i += 2)
        {
            var delivery = NewDelivery(default);
            scoreboard.Sack(new SackBlock(Start + i, Start + i + 1), ref delivery);
            Assert.Equal(0, delivery.Bytes);
        }

        Assert.Equal(10, scoreboard.Count);
    }

    [Fact]
    public void Loss_and_retransmission_of_a_riddled_window_look_at_each_run_a_few_times()
    {
        const int Segments = 8_000;
        var scoreboard = Sent(Segments, each: 40);
        for (var segment = 1; segment < Segments; segment += 2) Sack(scoreboard, segment, segment + 1);
        var visits = Visits(scoreboard, () =>
        {
            while (scoreboard.TryPeekOldest(out _)) scoreboard.MarkOldestLost();
            while (scoreboard.TryPeekLost(64_000, out var start, out var length))
                scoreboard.Resend(start, start + length, Size, TimeSpan.FromSeconds(9), default);
            while (scoreboard.TryPeekOldest(out _)) scoreboard.MarkOldestLost();
            scoreboard.ForgetLost();
        });
        Assert.True(visits < 60L * Segments, $"{visits} for {Segments} segments");
    }

    private static long Visits(Scoreboard scoreboard, Action action)
    {
        var before = scoreboard.Visits;
        action();
        return scoreboard.Visits - before;
    }

    private static Scoreboard Sent(int segments, int each)
    {
        var scoreboard = new Scoreboard();
        for (var segment = 0; segment < segments; segment += each)
            scoreboard.Append(
                Start + segment * Size, Start + (segment + each) * Size, Size, TimeSpan.FromTicks(segment), default);
        return scoreboard;
    }

    private static void Sack(Scoreboard scoreboard, int first, int end)
    {
        var delivery = NewDelivery(TimeSpan.FromSeconds(1));
        scoreboard.Sack(new SackBlock(Start + first * Size, Start + end * Size), ref delivery);
    }

    private static Delivery NewDelivery(TimeSpan now) => new()
    {
        Now = now,
        HighestBefore = Start,
        RecoveryPoint = Start,
        MinimumRoundTrip = default,
        Echo = null,
        TimestampOffset = default,
    };

    private static void Compare(int seed)
    {
        var random = new Random(seed);
        var scoreboard = new Scoreboard();
        var model = new NaiveScoreboard();
        var (una, next, now) = (Start, Start, TimeSpan.Zero);
        for (var step = 0; step < 300; step++)
        {
            now += TimeSpan.FromTicks(random.Next(3));
            Step(random, scoreboard, model, seed % 2 == 0, ref una, ref next, now);
            var difference = Difference(scoreboard, model, una, next);
            if (difference is not null) Assert.Fail($"seed {seed}, step {step}: {difference}");
        }
    }

    /// <summary>Null where the two agree. The text is made for a failure only: it would cost more than the comparison.</summary>
    private static string? Difference(Scoreboard scoreboard, NaiveScoreboard model, SequenceNumber una, SequenceNumber next)
    {
        if (model.Sacked != scoreboard.SackedBytes) return "SACKed bytes";
        if (model.Lost != scoreboard.LostBytes) return "lost bytes";
        if (model.Retransmitted != scoreboard.RetransmittedBytes) return "retransmitted bytes";
        if (model.InFlight != scoreboard.InFlight) return "bytes in flight";
        if (model.SackedSegments != scoreboard.SackedSegments) return "SACKed segments";
        if (model.FirstLost != (scoreboard.TryPeekLost(1, out var lost, out _) ? lost : null)) return "the first lost segment";
        if (model.OldestSent != (scoreboard.TryPeekOldest(out var oldest) ? oldest.SentAt : null)) return "the send time";
        return DifferenceOfRuns(scoreboard, model, una, next);
    }

    /// <summary>
    /// When the parts of a SACKed run were sent is forgotten: a peer that reneges is one case, an undo another.
    /// </summary>
    private static void Step(
        Random random, Scoreboard scoreboard, NaiveScoreboard model, bool takesBack, ref SequenceNumber una,
        ref SequenceNumber next, TimeSpan now)
    {
        var outstanding = next - una;
        var delivery = NewDelivery(now);
        switch (random.Next(10))
        {
            case 0 or 1 when outstanding < 100_000:
                var length = random.Next(1, 20) * Size;
                scoreboard.Append(next, next + length, Size, now, default);
                model.Append(next, length, Size, now);
                next += length;
                break;
            case 2 when model.Segments.Count > 0:
                una = model.Segments[random.Next(Math.Min(10, model.Segments.Count))].End;
                scoreboard.Acknowledge(una, ref delivery);
                Assert.Equal(model.Acknowledge(una), delivery.Bytes);
                break;
            case 3 or 4 or 5 when outstanding > 0:
                var left = una + random.Next(outstanding);
                var block = new SackBlock(left, left + random.Next(1, next - left + 1));
                scoreboard.Sack(block, ref delivery);
                Assert.Equal(model.Sack(block), delivery.Bytes);
                break;
            case 6 when scoreboard.TryPeekOldest(out var oldest):
                scoreboard.MarkOldestLost();
                model.MarkLost(segment => segment.Start >= oldest.Start && segment.End <= oldest.End);
                break;
            case 7 when scoreboard.TryPeekLost(random.Next(1, 5) * Size, out var start, out var lost):
                var end = model.Segments.Last(segment => segment.Start < start + lost && segment.AwaitsRetransmission).End;
                scoreboard.Resend(start, end, Size, now, default);
                model.Resend(start, end, now);
                break;
            case 8 when takesBack && random.Next(10) == 0:
                scoreboard.ForgetLost();
                model.ForgetLost();
                break;
            case 9 when !takesBack && random.Next(10) == 0:
                scoreboard.ForgetSacked();
                model.ForgetSacked();
                break;
        }
    }

    /// <summary>The runs leave no gap, and every segment has the fate of the run it is in.</summary>
    private static string? DifferenceOfRuns(Scoreboard scoreboard, NaiveScoreboard model, SequenceNumber una, SequenceNumber next)
    {
        var at = una;
        var segment = 0;
        for (var position = 0; position < scoreboard.Count; position++)
        {
            var run = scoreboard[position];
            if (run.Start != at || run.End <= at) return $"run {run.Start}-{run.End} after {at}";
            at = run.End;
            for (; segment < model.Segments.Count && model.Segments[segment].End <= run.End; segment++)
            {
                if (model.Segments[segment].Flags != run.Flags)
                    return $"{model.Segments[segment]} in {run.Start}-{run.End} {run.Flags}";
            }
        }

        return at == next && segment == model.Segments.Count ? null : $"the runs end at {at}, after segment {segment}";
    }
}
