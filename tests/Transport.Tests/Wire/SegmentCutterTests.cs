using System.Buffers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Wire;

public sealed class SegmentCutterTests
{
    [Fact]
    public void CutsJoinToTheWholeAndEachFits()
    {
        var random = new Random(61);
        for (var round = 0; round < 2_000; round++)
        {
            var whole = RandomSegments.Next(random, isIPv6: round % 2 == 0, maximumPayload: 5_000);
            whole.Flags &= ~(TcpFlags.Syn | TcpFlags.Urg);
            whole.MaximumPayload = random.Next(1, 2_000);
            var cuts = Cut(whole);

            Assert.Equal(Math.Max(1, (whole.Payload.Length + whole.MaximumPayload - 1) / whole.MaximumPayload), cuts.Count);
            Assert.All(cuts[..^1], cut => Assert.Equal(whole.MaximumPayload, cut.Payload.Length));
            Assert.Equal(whole.Payload.ToArray(), cuts.SelectMany(cut => cut.Payload.ToArray()));
            var sequence = whole.Sequence;
            foreach (var cut in cuts)
            {
                Assert.Equal(sequence, cut.Sequence);
                Assert.Equal(whole.Acknowledgment, cut.Acknowledgment);
                TcpOptionTests.AssertSame(whole.Options, cut.Options);
                sequence += (int)cut.Payload.Length;
            }
        }
    }

    [Fact]
    public void PushAndFinStandOnTheLastAndCwrOnTheFirst()
    {
        var cuts = Cut(Whole(TcpFlags.Ack | TcpFlags.Psh | TcpFlags.Fin | TcpFlags.Cwr | TcpFlags.Ece));
        Assert.Equal(
            [TcpFlags.Ack | TcpFlags.Ece | TcpFlags.Cwr, TcpFlags.Ack | TcpFlags.Ece,
                TcpFlags.Ack | TcpFlags.Ece | TcpFlags.Psh | TcpFlags.Fin],
            cuts.Select(cut => cut.Flags));
    }

    [Fact]
    public void ASynStandsOnTheFirstAndTakesItsSequenceNumber()
    {
        var cuts = Cut(Whole(TcpFlags.Syn));
        Assert.Equal([TcpFlags.Syn, TcpFlags.None, TcpFlags.None], cuts.Select(cut => cut.Flags));
        Assert.Equal([0u, 101u, 201u], cuts.Select(cut => cut.Sequence.Value));
    }

    [Fact]
    public void TheUrgentPointerKeepsPointingAtTheSameByte()
    {
        var whole = Whole(TcpFlags.Ack | TcpFlags.Urg);
        whole.UrgentPointer = 150;
        var cuts = Cut(whole);
        Assert.Equal([150, 50, 0], cuts.Select(cut => (int)cut.UrgentPointer));
        Assert.Equal([true, true, false], cuts.Select(cut => cut.Has(TcpFlags.Urg)));
    }

    [Fact]
    public void ASegmentWithoutPayloadOrMaximumComesOutAsItIs()
    {
        Assert.Equal(TcpFlags.Fin, Assert.Single(Cut(new OutboundSegment { Flags = TcpFlags.Fin })).Flags);
        var whole = Whole(TcpFlags.Psh);
        whole.MaximumPayload = 0;
        Assert.Equal(whole.Payload.Length, Assert.Single(Cut(whole)).Payload.Length);
    }

    private static OutboundSegment Whole(TcpFlags flags) => new()
    {
        Flags = flags,
        MaximumPayload = 100,
        Payload = new ReadOnlySequence<byte>(new byte[250]),
    };

    private static List<OutboundSegment> Cut(in OutboundSegment whole)
    {
        var cuts = new List<OutboundSegment>();
        var cutter = new SegmentCutter(whole);
        while (cutter.TryNext(out var cut)) cuts.Add(cut);
        return cuts;
    }
}
