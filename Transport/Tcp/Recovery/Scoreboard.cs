using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>
/// The outstanding sequence numbers, run by run (RFC 6675 section 3). All runs are ordered by sequence number. Runs in flight
/// also form a list, oldest transmission first; so do runs that are lost and not yet retransmitted, lowest number first; SACKed
/// runs are in no list. So an acknowledgment is processed from the end of a list or by a binary search, and its cost is in
/// proportion to the changes. A run splits where only a part of it shares a fate, and joins its neighbour where the two are
/// alike.
/// </summary>
internal sealed partial class Scoreboard
{
    /// <summary>With this many runs no new payload is sent: each tiny segment needs a run.</summary>
    public const int MaximumRuns = 16 * 1024;

    private RunStore _store = new();
    private RunList _flight = new(byTime: true);
    private RunList _lost = new(byTime: false);
    private ScoreboardTotals _totals;
    private long _visits;

    public int Count => _store.Count;

    public bool IsEmpty => Count == 0;

    public bool IsFull => Count >= MaximumRuns;

    /// <inheritdoc cref="ScoreboardTotals.SackedBytes"/>
    public long SackedBytes => _totals.SackedBytes;

    /// <inheritdoc cref="ScoreboardTotals.SackedSegments"/>
    public int SackedSegments => _totals.SackedSegments;

    /// <inheritdoc cref="ScoreboardTotals.LostBytes"/>
    public long LostBytes => _totals.LostBytes;

    /// <inheritdoc cref="ScoreboardTotals.RetransmittedBytes"/>
    public long RetransmittedBytes => _totals.RetransmittedBytes;

    /// <inheritdoc cref="ScoreboardTotals.InFlight"/>
    public long InFlight => _totals.InFlight;

    /// <summary>All bytes that were ever marked lost; bytes that are lost twice count twice.</summary>
    public long TotalLost { get; private set; }

    /// <summary>
    /// The number after the highest one SACKed, or acknowledged where that is higher; null where there is none.
    /// </summary>
    public SequenceNumber? HighestDelivered { get; private set; }

    /// <summary>The peer took back what it had SACKed: it would have acknowledged that by now (RFC 2018 section 8).</summary>
    public bool IsReneged => Count > 0 && _store.At(0).IsSacked;

    public bool HasLost => !_lost.IsEmpty;

    /// <summary>
    /// When the only segment in flight was sent; null: there are several, or none. Several small ones count as more (RFC 8985
    /// section 7.2: FlightSize is one segment).
    /// </summary>
    public TimeSpan? LoneSegmentSentAt => Count == 1 && _store.At(0).Segments == 1 ? _store.At(0).SentAt : null;

    /// <summary>Transmissions so far; what was sent before an import without this number counts as the first.</summary>
    public long Transmissions { get; private set; }

    /// <summary>Runs visited since the start: a measure of the work that a hostile peer causes.</summary>
    public long Visits => _visits;

    public ref readonly TransmittedRun this[int position] => ref _store.At(position);

    /// <summary>New numbers were sent.</summary>
    public void Append(SequenceNumber start, SequenceNumber end, int segmentSize, TimeSpan now, in SendSnapshot snapshot)
    {
        var run = new TransmittedRun
        {
            Start = start,
            End = end,
            SentAt = now,
            Order = ++Transmissions,
            Snapshot = snapshot,
            SegmentSize = segmentSize,
            Segments = SegmentsIn(end - start, segmentSize),
        };
        _totals.Add(run);
        Link(_store.Insert(Count, run));
    }

    /// <summary>Numbers were retransmitted. Those that counted as lost are in flight again.</summary>
    public void Resend(SequenceNumber start, SequenceNumber end, int segmentSize, TimeSpan now, in SendSnapshot snapshot)
    {
        Transmissions++;
        var first = _store.FirstEndingAfter(start, ref _visits);
        for (var position = first; position < Count && _store.At(position).Start < end; position++)
        {
            if (_store.At(position).IsSacked) continue;
            position = Isolate(position, start, end);
            var id = _store.IdAt(position);
            Unlink(id);
            ref var run = ref _store.Runs[id];
            if (run.AwaitsRetransmission)
            {
                run.Flags |= RunFlags.Retransmitted;
                _totals.OnRetransmitted(run.Length);
            }

            run.Flags |= RunFlags.EverRetransmitted;
            (run.SentAt, run.Order, run.Snapshot, run.SegmentSize) = (now, Transmissions, snapshot, segmentSize);
            run.Segments = SegmentsIn(run.Length, segmentSize);
            Link(id);
            position = Join(position);
        }
    }

    /// <summary>SND.UNA moves to <paramref name="una"/>.</summary>
    public void Acknowledge(SequenceNumber una, ref Delivery delivery)
    {
        while (Count > 0 && _store.At(0).Start < una)
        {
            if (_store.At(0).End > una) Split(0, una);
            ref var run = ref _store.At(0);
            _visits++;
            if (run.IsSacked) delivery.AddSackedBefore(run);
            else delivery.Add(run, isSacked: false);
            _totals.Remove(run);
            Unlink(_store.IdAt(0));
            _store.RemoveAt(0);
        }

        if (HighestDelivered is null || HighestDelivered < una) HighestDelivered = una;
        if (Count == 0) Empty();
    }

    /// <summary>
    /// The peer holds <paramref name="block"/>. A segment it covers in part was not sent that way and waits until it is whole,
    /// so that no pattern of blocks makes more runs than there are segments.
    /// </summary>
    public void Sack(in SackBlock block, ref Delivery delivery)
    {
        var first = _store.FirstEndingAfter(block.Left, ref _visits);
        for (var position = first; position < Count && _store.At(position).Start < block.Right; position++)
        {
            _visits++;
            if (_store.At(position).IsSacked) continue;
            var (start, end) = WholeSegments(_store.At(position), block);
            if (start >= end) continue;
            position = Isolate(position, start, end);
            var id = _store.IdAt(position);
            ref var run = ref _store.Runs[id];
            delivery.Add(run, isSacked: true);
            _totals.Remove(run);
            Unlink(id);
            run.Flags = RunFlags.Sacked;
            _totals.Add(run);
            if (HighestDelivered is null || HighestDelivered < run.End) HighestDelivered = run.End;
            position = Join(position);
        }
    }

    /// <summary>The transmission in flight that left first.</summary>
    public bool TryPeekOldest(out TransmittedRun run)
    {
        run = _flight.First == RunList.None ? default : _store.Runs[_flight.First];
        return _flight.First != RunList.None;
    }

    /// <summary>The transmission in flight that left first is lost. True where it was a retransmission.</summary>
    public bool MarkOldestLost() => MarkLost(_flight.First);

    /// <summary>The first segment is lost, where it was not marked yet.</summary>
    public void MarkFirstLost()
    {
        if (Count == 0 || _store.At(0).IsSacked || _store.At(0).Has(RunFlags.Lost)) return;
        if (_store.At(0).Length > _store.At(0).SegmentSize) Split(0, _store.At(0).Start + _store.At(0).SegmentSize);
        MarkLost(_store.IdAt(0));
    }

    /// <summary>
    /// A timeout (RFC 8985 section 6.3): the first run is lost, and everything that was sent before <paramref
    /// name="sentBefore"/>.
    /// </summary>
    public void MarkTimedOut(TimeSpan sentBefore)
    {
        if (Count == 0) return;
        if (!_store.At(0).AwaitsRetransmission && !_store.At(0).IsSacked) MarkLost(_store.IdAt(0));
        while (TryPeekOldest(out var run) && run.SentAt <= sentBefore) MarkOldestLost();
    }

    /// <summary>The peer reneged: nothing it SACKed can be relied on, all of it is to be sent again.</summary>
    public void ForgetSacked()
    {
        for (var position = 0; position < Count; position++)
        {
            _visits++;
            var id = _store.IdAt(position);
            if (!_store.Runs[id].IsSacked) continue;
            _totals.Remove(_store.Runs[id]);
            _store.Runs[id].Flags = RunFlags.Lost | RunFlags.EverRetransmitted;
            _store.Runs[id].Segments = SegmentsIn(_store.Runs[id].Length, _store.Runs[id].SegmentSize);
            _totals.Add(_store.Runs[id]);
            TotalLost += _store.Runs[id].Length;
            Link(id);
        }

        HighestDelivered = null;
    }

    /// <summary>
    /// Nothing was lost (undo of a spurious recovery): runs that are not yet retransmitted are in flight again.
    /// </summary>
    public void ForgetLost()
    {
        for (var position = 0; position < Count; position++)
        {
            _visits++;
            var id = _store.IdAt(position);
            if (!_store.Runs[id].Has(RunFlags.Lost)) continue;
            _totals.Remove(_store.Runs[id]);
            Unlink(id);
            _store.Runs[id].Flags &= ~RunFlags.Lost;
            _totals.Add(_store.Runs[id]);
            Link(id);
        }
    }

    /// <summary>
    /// The lowest numbers that are to be sent again: all that follow one another, at most <paramref name="maximum"/>.
    /// </summary>
    public bool TryPeekLost(int maximum, out SequenceNumber start, out int length)
    {
        start = default;
        length = 0;
        if (_lost.First == RunList.None) return false;
        start = _store.Runs[_lost.First].Start;
        for (var id = _lost.First; id != RunList.None && length < maximum; id = _store.Runs[id].Next)
        {
            if (_store.Runs[id].Start != start + length) break;
            _visits++;
            length += _store.Runs[id].Length;
        }

        length = Math.Min(length, maximum);
        return true;
    }

    /// <summary>The last wire segment sent; for the loss probe. False where there is none or the peer holds it.</summary>
    /// <param name="dataEnd">A FIN has this number; it is sent with the last payload.</param>
    /// <param name="start">The sequence number that the segment begins with.</param>
    public bool TryPeekLastSegment(SequenceNumber dataEnd, out SequenceNumber start)
    {
        start = default;
        if (Count == 0 || _store.At(Count - 1).IsSacked) return false;
        ref var run = ref _store.At(Count - 1);
        var length = SequenceNumber.Min(run.End, dataEnd) - run.Start;
        start = run.Start + Math.Max(0, length - 1) / run.SegmentSize * run.SegmentSize;
        return true;
    }

    public void Clear()
    {
        Empty();
        _totals = default;
        HighestDelivered = null;
    }

    private bool MarkLost(int id)
    {
        Unlink(id);
        ref var run = ref _store.Runs[id];
        var again = run.Has(RunFlags.Retransmitted);
        _totals.Remove(run);
        run.Flags = (run.Flags & ~RunFlags.Retransmitted) | RunFlags.Lost;
        _totals.Add(run);
        TotalLost += run.Length;
        _visits++;
        Link(id);
        return again;
    }
}
