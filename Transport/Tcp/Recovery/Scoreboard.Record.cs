using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp.Timers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>The scoreboard to the record and back: one entry a run, ascending and without gaps.</summary>
internal sealed partial class Scoreboard
{
    /// <summary>The section of the record.</summary>
    /// <param name="clock">Turns times into ages.</param>
    /// <param name="withRuns">False: the counters only.</param>
    public ScoreboardSection Export(RecordClock clock, bool withRuns)
    {
        var section = new ScoreboardSection
        {
            HasHighestDelivered = HighestDelivered is not null,
            HighestDelivered = HighestDelivered?.Value ?? 0,
            TotalLost = TotalLost,
            Transmissions = Transmissions,
        };
        return withRuns ? ExportRuns(section, clock) : section;
    }

    /// <summary>Continues from the record.</summary>
    /// <param name="section">The section of the record.</param>
    /// <param name="max">SND.MAX, where the last run ends.</param>
    /// <param name="clock">Turns ages into times.</param>
    public void Restore(ScoreboardSection section, SequenceNumber max, RecordClock clock)
    {
        RestoreCounters(section);
        HighestDelivered = section.HasHighestDelivered ? new SequenceNumber(section.HighestDelivered) : null;
        for (var i = 0; i < section.RunSequences.Length; i++)
        {
            Restore(new TransmittedRun
            {
                Start = new SequenceNumber(section.RunSequences[i]),
                End = i + 1 < section.RunSequences.Length ? new SequenceNumber(section.RunSequences[i + 1]) : max,
                Flags = (RunFlags)section.RunFlags[i],
                SentAt = clock.Moment(section.RunSentTicks[i]),
                Order = section.RunOrders[i],
                SegmentSize = (int)section.RunSegmentSizes[i],
                Segments = (int)section.RunSegments[i],
                Snapshot = new SendSnapshot(
                    clock.Moment(section.RunFirstSentTicks[i]), clock.Moment(section.RunDeliveredTicks[i]),
                    section.RunDelivered[i], section.RunLost[i], section.RunFlights[i], section.RunApplicationLimited[i] != 0),
            });
        }
    }

    /// <summary>
    /// Continues from a record of an owner that does not tell what it sent. All that is outstanding becomes one run whose time of
    /// sending is unknown, so that no round trip is measured by it.
    /// </summary>
    public void RestoreUnknown(
        ScoreboardSection section, SequenceNumber una, SequenceNumber max, int segmentSize, in SendSnapshot snapshot,
        TimeSpan now)
    {
        RestoreCounters(section);
        Restore(new TransmittedRun
        {
            Start = una,
            End = max,
            Flags = RunFlags.EverRetransmitted,
            SentAt = now,
            SegmentSize = segmentSize,
            Segments = (max - una + segmentSize - 1) / segmentSize,
            Snapshot = snapshot,
        });
    }

    private ScoreboardSection ExportRuns(ScoreboardSection section, RecordClock clock)
    {
        var runs = new TransmittedRun[Count];
        for (var i = 0; i < runs.Length; i++) runs[i] = this[i];
        return section with
        {
            RunSequences = Array.ConvertAll(runs, run => run.Start.Value),
            RunFlags = Array.ConvertAll(runs, run => (byte)run.Flags),
            RunSentTicks = Array.ConvertAll(runs, run => clock.Ticks(run.SentAt)),
            RunOrders = Array.ConvertAll(runs, run => run.Order),
            RunSegmentSizes = Array.ConvertAll(runs, run => (uint)run.SegmentSize),
            RunSegments = Array.ConvertAll(runs, run => (uint)run.Segments),
            RunFirstSentTicks = Array.ConvertAll(runs, run => clock.Ticks(run.Snapshot.FirstSentAt)),
            RunDeliveredTicks = Array.ConvertAll(runs, run => clock.Ticks(run.Snapshot.DeliveredAt)),
            RunDelivered = Array.ConvertAll(runs, run => run.Snapshot.Delivered),
            RunLost = Array.ConvertAll(runs, run => run.Snapshot.Lost),
            RunFlights = Array.ConvertAll(runs, run => run.Snapshot.Flight),
            RunApplicationLimited = Array.ConvertAll(runs, run => run.Snapshot.IsApplicationLimited ? (byte)1 : (byte)0),
        };
    }

    private void RestoreCounters(ScoreboardSection section) =>
        (TotalLost, Transmissions) = (section.TotalLost, section.Transmissions);

    private void Restore(in TransmittedRun run)
    {
        Link(_store.Insert(Count, run));
        _totals.Add(run);
    }
}
