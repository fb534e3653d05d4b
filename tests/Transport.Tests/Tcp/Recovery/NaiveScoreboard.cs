using ActorStack.Transport.Tcp.Recovery;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp.Recovery;

/// <summary>
/// What <see cref="Scoreboard"/> is to know, kept segment by segment and looked up by walking over all of them.
/// </summary>
internal sealed class NaiveScoreboard
{
    public sealed record Segment(SequenceNumber Start, SequenceNumber End)
    {
        public TimeSpan SentAt { get; set; }

        public RunFlags Flags { get; set; }

        public int Length => End - Start;

        public bool Is(RunFlags flags) => (Flags & flags) == flags;

        public bool AwaitsRetransmission => Is(RunFlags.Lost) && !Is(RunFlags.Retransmitted);
    }

    public List<Segment> Segments { get; } = [];

    public long Sacked => Sum(segment => segment.Is(RunFlags.Sacked));

    public long Lost => Sum(segment => segment.Is(RunFlags.Lost));

    public long Retransmitted => Sum(segment => segment.Is(RunFlags.Retransmitted));

    public long InFlight => Sum(segment => !segment.Is(RunFlags.Sacked) && !segment.Is(RunFlags.Lost)) + Retransmitted;

    public int SackedSegments => Segments.Count(segment => segment.Is(RunFlags.Sacked));

    public SequenceNumber? FirstLost => Segments.FirstOrDefault(segment => segment.AwaitsRetransmission)?.Start;

    public TimeSpan? OldestSent => Segments.Where(InNetwork).Select(segment => (TimeSpan?)segment.SentAt).Min();

    public void Append(SequenceNumber start, int length, int size, TimeSpan now)
    {
        for (var offset = 0; offset < length; offset += size)
            Segments.Add(new Segment(start + offset, start + Math.Min(length, offset + size)) { SentAt = now });
    }

    public long Acknowledge(SequenceNumber una)
    {
        var delivered = Segments.Where(segment => segment.End <= una && !segment.Is(RunFlags.Sacked))
            .Sum(segment => segment.Length);
        Segments.RemoveAll(segment => segment.End <= una);
        return delivered;
    }

    public long Sack(SackBlock block)
    {
        var delivered = 0L;
        foreach (var segment in Segments.Where(
            segment => segment.Start >= block.Left && segment.End <= block.Right && !segment.Is(RunFlags.Sacked)))
        {
            delivered += segment.Length;
            segment.Flags = RunFlags.Sacked;
        }

        return delivered;
    }

    public void MarkLost(Func<Segment, bool> which)
    {
        foreach (var segment in Segments.Where(segment => InNetwork(segment) && which(segment)))
            segment.Flags = (segment.Flags | RunFlags.Lost) & ~RunFlags.Retransmitted;
    }

    public void Resend(SequenceNumber start, SequenceNumber end, TimeSpan now)
    {
        foreach (var segment in Segments.Where(
            segment => segment.Start >= start && segment.End <= end && !segment.Is(RunFlags.Sacked)))
        {
            if (segment.AwaitsRetransmission) segment.Flags |= RunFlags.Retransmitted;
            segment.Flags |= RunFlags.EverRetransmitted;
            segment.SentAt = now;
        }
    }

    public void ForgetSacked()
    {
        foreach (var segment in Segments.Where(segment => segment.Is(RunFlags.Sacked)))
            segment.Flags = RunFlags.Lost | RunFlags.EverRetransmitted;
    }

    public void ForgetLost()
    {
        foreach (var segment in Segments) segment.Flags &= ~RunFlags.Lost;
    }

    private static bool InNetwork(Segment segment) => !segment.Is(RunFlags.Sacked) && !segment.AwaitsRetransmission;

    private long Sum(Func<Segment, bool> which) => Segments.Where(which).Sum(segment => (long)segment.Length);
}
