using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>
/// What is sent and not acknowledged, run by run (RFC 6675 section 3). Every run is in one place of two orders: by sequence number
/// always; and either in flight, oldest transmission first, or lost and not yet resent, lowest number first, or SACKed and in
/// no list. So each question of an acknowledgment is answered from the end of a list or by a binary search, and costs what it changes.
/// A run splits where only part of it shares a fate, and joins its neighbour where nothing tells them apart.
/// </summary>
internal sealed partial class Scoreboard
{
    /// <summary>Runs beyond which no new text is sent: tiny segments, each of which needs one.</summary>
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

    /// <summary>All bytes ever marked lost; what is lost twice counts twice.</summary>
    public long TotalLost { get; private set; }

    /// <summary>The number after the highest one SACKed, or acknowledged where that is higher; null where there is none.</summary>
    public SequenceNumber? HighestDelivered { get; private set; }

    /// <summary>The peer took back what it had SACKed: it would have acknowledged that by now (RFC 2018 section 8).</summary>
    public bool IsReneged => Count > 0 && _store.At(0).IsSacked;

    public bool HasLost => !_lost.IsEmpty;

    /// <summary>
    /// When the only segment in flight was sent; null: there are several, or none. Several small ones count as more (RFC 8985 section 7.2:
    /// FlightSize is one segment).
    /// </summary>
    public TimeSpan? LoneSegmentSentAt => Count == 1 && _store.At(0).Segments == 1 ? _store.At(0).SentAt : null;

    /// <summary>Transmissions so far; what was sent before an import without this number counts as the first.</summary>
    public long Transmissions { get; private set; }

    /// <summary>Runs looked at since the start: what the work of a hostile peer is measured by.</summary>
    public long Visits => _visits;

    public ref readonly TransmittedRun this[int position] => ref _store.At(position);

    /// <summary>New text was sent, above all else.</summary>
    public void Append(SequenceNumber start, SequenceNumber end, int segmentSize, TimeSpan now, in SendSnapshot snapshot)
    {
        var run = new TransmittedRun { Start = start, End = end, SentAt = now, Order = ++Transmissions, Snapshot = snapshot, SegmentSize = segmentSize };
        run.Segments = SegmentsIn(run.Length, segmentSize);
        _totals.Add(run);
        Link(_store.Insert(Count, run));
    }

    /// <summary>What was sent before was sent again. Where it counted as lost, it is in flight once more.</summary>
    public void Resend(SequenceNumber start, SequenceNumber end, int segmentSize, TimeSpan now, in SendSnapshot snapshot)
    {
        Transmissions++;
        for (var position = _store.FirstEndingAfter(start, ref _visits); position < Count && _store.At(position).Start < end; position++)
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
        for (var position = _store.FirstEndingAfter(block.Left, ref _visits); position < Count && _store.At(position).Start < block.Right; position++)
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

    /// <summary>A timeout (RFC 8985 section 6.3): lost is the first run, and what was sent before <paramref name="sentBefore"/>.</summary>
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

    /// <summary>Nothing was lost after all: what is not resent yet is in flight as it was (undo of a spurious recovery).</summary>
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

    /// <summary>The lowest numbers that are to be sent again: all that follow one another, at most <paramref name="maximum"/>.</summary>
    public bool TryPeekLost(int maximum, out SequenceNumber start, out int length)
    {
        start = default;
        length = 0;
        if (_lost.First == RunList.None) return false;
        start = _store.Runs[_lost.First].Start;
        for (var id = _lost.First; id != RunList.None && _store.Runs[id].Start == start + length && length < maximum; id = _store.Runs[id].Next)
        {
            _visits++;
            length += _store.Runs[id].Length;
        }

        length = Math.Min(length, maximum);
        return true;
    }

    /// <summary>The last wire segment sent; for the loss probe. False where there is none or the peer holds it.</summary>
    /// <param name="textEnd">A FIN has this number and rides on the last text.</param>
    public bool TryPeekLastSegment(SequenceNumber textEnd, out SequenceNumber start)
    {
        start = default;
        if (Count == 0 || _store.At(Count - 1).IsSacked) return false;
        ref var run = ref _store.At(Count - 1);
        var text = SequenceNumber.Min(run.End, textEnd) - run.Start;
        start = run.Start + Math.Max(0, text - 1) / run.SegmentSize * run.SegmentSize;
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

    /// <summary>Segments of the run that the block covers whole.</summary>
    private static (SequenceNumber Start, SequenceNumber End) WholeSegments(in TransmittedRun run, in SackBlock block)
    {
        var size = run.SegmentSize;
        var start = block.Left <= run.Start ? run.Start : run.Start + (block.Left - run.Start + size - 1) / size * size;
        var end = block.Right >= run.End ? run.End : run.Start + (block.Right - run.Start) / size * size;
        return (start, end);
    }

    /// <summary>Splits the run so that nothing of it lies outside; returns the position of what lies inside.</summary>
    private int Isolate(int position, SequenceNumber start, SequenceNumber end)
    {
        if (_store.At(position).End > end) Split(position, end);
        if (_store.At(position).Start < start) Split(position++, start);
        return position;
    }

    private void Split(int position, SequenceNumber at)
    {
        var left = _store.IdAt(position);
        var right = _store.Runs[left];
        var id = _store.Insert(position + 1, right);
        var all = right.Segments;
        ref var first = ref _store.Runs[left];
        ref var second = ref _store.Runs[id];
        first.End = second.Start = at;
        first.Segments = SegmentsIn(first.Length, first.SegmentSize);
        second.Segments = SegmentsIn(second.Length, second.SegmentSize);
        if (first.IsSacked) _totals.OnSackedSplit(first.Segments + second.Segments - all);
        else ListOf(first).InsertAfter(_store.Runs, left, id);
    }

    /// <summary>Joins the run with its neighbours where they are alike; returns where it then is.</summary>
    private int Join(int position)
    {
        if (position + 1 < Count && _store.At(position).Joins(_store.At(position + 1))) JoinNext(position);
        if (position == 0 || !_store.At(position - 1).Joins(_store.At(position))) return position;
        JoinNext(position - 1);
        return position - 1;
    }

    private void JoinNext(int position)
    {
        var next = _store.IdAt(position + 1);
        ref var run = ref _store.At(position);
        run.End = _store.Runs[next].End;
        run.Segments += _store.Runs[next].Segments;
        Unlink(next);
        _store.RemoveAt(position + 1);
    }

    private ref RunList ListOf(in TransmittedRun run)
    {
        if (run.AwaitsRetransmission) return ref _lost;
        return ref _flight;
    }

    /// <summary>Puts a run into its list, where it is to be in one.</summary>
    private void Link(int id)
    {
        ref var run = ref _store.Runs[id];
        if (!run.IsSacked) ListOf(run).Insert(_store.Runs, id, ref _visits);
    }

    private void Unlink(int id)
    {
        ref var run = ref _store.Runs[id];
        if (!run.IsSacked) ListOf(run).Remove(_store.Runs, id);
    }

    /// <summary>Nothing is outstanding: begins anew.</summary>
    private void Empty()
    {
        _store.Clear();
        (_flight, _lost) = (new RunList(byTime: true), new RunList(byTime: false));
    }

    private static int SegmentsIn(int length, int segmentSize) => Math.Max(1, (length + segmentSize - 1) / segmentSize);
}
