using System.Buffers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>
/// What is sent and not acknowledged, run by run (RFC 6675 section 3). Every run is in one place of two orders: by sequence number
/// always; and either in flight, oldest transmission first, or lost and not yet resent, lowest number first, or SACKed and in
/// no list. So each question of an acknowledgment is answered from the end of a list or by a binary search, and costs what it changes.
/// A run splits where only part of it shares a fate, and joins its neighbour where nothing tells them apart.
/// </summary>
internal sealed class Scoreboard
{
    /// <summary>Runs beyond which no new text is sent: tiny segments, each of which needs one.</summary>
    public const int MaximumRuns = 16 * 1024;

    /// <summary>Enough for a dialogue; an idle connection keeps no more.</summary>
    private const int FewRuns = 2;

    private const int FewPlaces = 4;
    private const int SmallestRented = 16;
    private TransmittedRun[] _fewRuns = [];
    private TransmittedRun[] _runs = [];
    private int[] _fewPlaces = [];
    private int[] _order = [];
    private int _head;
    private int _used;
    private int _free = RunList.None;
    private RunList _flight = new();
    private RunList _lost = new();

    public int Count { get; private set; }

    public bool IsEmpty => Count == 0;

    public bool IsFull => Count >= MaximumRuns;

    /// <summary>Bytes the peer holds beyond a gap.</summary>
    public long SackedBytes { get; private set; }

    /// <summary>Wire segments of <see cref="SackedBytes"/>.</summary>
    public int SackedSegments { get; private set; }

    /// <summary>Bytes whose first transmission is believed lost, resent or not.</summary>
    public long LostBytes { get; private set; }

    /// <summary>Of these, bytes whose retransmission is in the network.</summary>
    public long RetransmittedBytes { get; private set; }

    /// <summary>All bytes ever marked lost; what is lost twice counts twice.</summary>
    public long TotalLost { get; private set; }

    /// <summary>Bytes believed to be in the network (RFC 6675's pipe).</summary>
    public long InFlight { get; private set; }

    /// <summary>The number after the highest one SACKed, or acknowledged where that is higher; null where there is none.</summary>
    public SequenceNumber? HighestDelivered { get; private set; }

    /// <summary>The peer took back what it had SACKed: it would have acknowledged that by now (RFC 2018 section 8).</summary>
    public bool IsReneged => Count > 0 && RunAt(0).IsSacked;

    public bool HasLost => _lost.First != RunList.None;

    /// <summary>Transmissions so far; what was sent before an import without this number counts as the first.</summary>
    public long Transmissions { get; private set; }

    /// <summary>Runs looked at since the start: what the work of a hostile peer is measured by.</summary>
    public long Visits { get; private set; }

    public ref readonly TransmittedRun this[int position] => ref RunAt(position);

    /// <summary>New text was sent, above all else.</summary>
    public void Append(SequenceNumber start, SequenceNumber end, int segmentSize, TimeSpan now, in SendSnapshot snapshot)
    {
        var run = new TransmittedRun { Start = start, End = end, SentAt = now, Order = ++Transmissions, Snapshot = snapshot, SegmentSize = segmentSize };
        run.Segments = SegmentsIn(run.Length, segmentSize);
        InFlight += run.Length;
        Link(Insert(Count, run));
    }

    /// <summary>What was sent before was sent again. Where it counted as lost, it is in flight once more.</summary>
    public void Resend(SequenceNumber start, SequenceNumber end, int segmentSize, TimeSpan now, in SendSnapshot snapshot)
    {
        Transmissions++;
        for (var position = FirstEndingAfter(start); position < Count && RunAt(position).Start < end; position++)
        {
            if (RunAt(position).IsSacked) continue;
            position = Isolate(position, start, end);
            var id = IdAt(position);
            Unlink(id);
            ref var run = ref _runs[id];
            if (run.AwaitsRetransmission)
            {
                run.Flags |= RunFlags.Retransmitted;
                RetransmittedBytes += run.Length;
                InFlight += run.Length;
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
        while (Count > 0 && RunAt(0).Start < una)
        {
            if (RunAt(0).End > una) Split(0, una);
            ref var run = ref RunAt(0);
            Visits++;
            if (run.IsSacked) delivery.AddSackedBefore(run);
            else delivery.Add(run, isSacked: false);
            Tally(run, -1);
            Unlink(IdAt(0));
            RemoveAt(0);
        }

        if (HighestDelivered is null || HighestDelivered < una) HighestDelivered = una;
        if (Count == 0) Shrink();
    }

    /// <summary>
    /// The peer holds <paramref name="block"/>. A segment it covers in part was not sent that way and waits until it is whole,
    /// so that no pattern of blocks makes more runs than there are segments.
    /// </summary>
    public void Sack(in SackBlock block, ref Delivery delivery)
    {
        for (var position = FirstEndingAfter(block.Left); position < Count && RunAt(position).Start < block.Right; position++)
        {
            Visits++;
            if (RunAt(position).IsSacked) continue;
            var (start, end) = WholeSegments(RunAt(position), block);
            if (start >= end) continue;
            position = Isolate(position, start, end);
            var id = IdAt(position);
            ref var run = ref _runs[id];
            delivery.Add(run, isSacked: true);
            Tally(run, -1);
            Unlink(id);
            run.Flags = RunFlags.Sacked;
            Tally(run, 1);
            if (HighestDelivered is null || HighestDelivered < run.End) HighestDelivered = run.End;
            position = Join(position);
        }
    }

    /// <summary>The transmission in flight that left first.</summary>
    public bool TryPeekOldest(out TransmittedRun run)
    {
        run = _flight.First == RunList.None ? default : _runs[_flight.First];
        return _flight.First != RunList.None;
    }

    /// <summary>The transmission in flight that left first is lost. True where it was a retransmission.</summary>
    public bool MarkOldestLost() => MarkLost(_flight.First);

    /// <summary>The first segment is lost, where it was not marked yet.</summary>
    public void MarkFirstLost()
    {
        if (Count == 0 || RunAt(0).IsSacked || RunAt(0).Has(RunFlags.Lost)) return;
        if (RunAt(0).Length > RunAt(0).SegmentSize) Split(0, RunAt(0).Start + RunAt(0).SegmentSize);
        MarkLost(IdAt(0));
    }

    /// <summary>A timeout (RFC 8985 section 6.3): lost is the first run, and what was sent before <paramref name="sentBefore"/>.</summary>
    public void MarkTimedOut(TimeSpan sentBefore)
    {
        if (Count == 0) return;
        if (!RunAt(0).AwaitsRetransmission && !RunAt(0).IsSacked) MarkLost(IdAt(0));
        while (TryPeekOldest(out var run) && run.SentAt <= sentBefore) MarkOldestLost();
    }

    /// <summary>The peer reneged: nothing it SACKed can be relied on, all of it is to be sent again.</summary>
    public void ForgetSacked()
    {
        for (var position = 0; position < Count; position++)
        {
            Visits++;
            var id = IdAt(position);
            if (!_runs[id].IsSacked) continue;
            Tally(_runs[id], -1);
            _runs[id].Flags = RunFlags.Lost | RunFlags.EverRetransmitted;
            _runs[id].Segments = SegmentsIn(_runs[id].Length, _runs[id].SegmentSize);
            Tally(_runs[id], 1);
            TotalLost += _runs[id].Length;
            Link(id);
        }

        HighestDelivered = null;
    }

    /// <summary>Nothing was lost after all: what is not resent yet is in flight as it was (undo of a spurious recovery).</summary>
    public void ForgetLost()
    {
        for (var position = 0; position < Count; position++)
        {
            Visits++;
            var id = IdAt(position);
            if (!_runs[id].Has(RunFlags.Lost)) continue;
            Tally(_runs[id], -1);
            Unlink(id);
            _runs[id].Flags &= ~RunFlags.Lost;
            Tally(_runs[id], 1);
            Link(id);
        }
    }

    /// <summary>The lowest numbers that are to be sent again: all that follow one another, at most <paramref name="maximum"/>.</summary>
    public bool TryPeekLost(int maximum, out SequenceNumber start, out int length)
    {
        start = default;
        length = 0;
        if (_lost.First == RunList.None) return false;
        start = _runs[_lost.First].Start;
        for (var id = _lost.First; id != RunList.None && _runs[id].Start == start + length && length < maximum; id = _runs[id].Next)
        {
            Visits++;
            length += _runs[id].Length;
        }

        length = Math.Min(length, maximum);
        return true;
    }

    /// <summary>The last wire segment sent; for the loss probe. False where there is none or the peer holds it.</summary>
    /// <param name="textEnd">A FIN has this number and rides on the last text.</param>
    public bool TryPeekLastSegment(SequenceNumber textEnd, out SequenceNumber start)
    {
        start = default;
        if (Count == 0 || RunAt(Count - 1).IsSacked) return false;
        ref var run = ref RunAt(Count - 1);
        var text = SequenceNumber.Min(run.End, textEnd) - run.Start;
        start = run.Start + Math.Max(0, text - 1) / run.SegmentSize * run.SegmentSize;
        return true;
    }

    public void Clear()
    {
        Count = 0;
        Shrink();
        (SackedBytes, LostBytes, RetransmittedBytes, InFlight, SackedSegments) = (0, 0, 0, 0, 0);
        HighestDelivered = null;
    }

    /// <summary>Takes up runs of a record, ascending and without gaps.</summary>
    public void Restore(ReadOnlySpan<TransmittedRun> runs, SequenceNumber? highestDelivered, long totalLost, long transmissions)
    {
        foreach (ref readonly var run in runs)
        {
            Link(Insert(Count, run));
            Tally(run, 1);
        }

        HighestDelivered = highestDelivered;
        TotalLost = totalLost;
        Transmissions = transmissions;
    }

    private ref TransmittedRun RunAt(int position) => ref _runs[IdAt(position)];

    private int IdAt(int position) => _order[_head + position];

    private bool MarkLost(int id)
    {
        Unlink(id);
        ref var run = ref _runs[id];
        var again = run.Has(RunFlags.Retransmitted);
        Tally(run, -1);
        run.Flags = (run.Flags & ~RunFlags.Retransmitted) | RunFlags.Lost;
        Tally(run, 1);
        TotalLost += run.Length;
        Visits++;
        Link(id);
        return again;
    }

    /// <summary>Adds a run to the sums, or takes it off.</summary>
    private void Tally(in TransmittedRun run, int sign)
    {
        var bytes = (long)sign * run.Length;
        var inFlight = 1;
        if (run.IsSacked)
        {
            SackedBytes += bytes;
            SackedSegments += sign * run.Segments;
            inFlight--;
        }

        if (run.Has(RunFlags.Lost))
        {
            LostBytes += bytes;
            inFlight--;
        }

        if (run.Has(RunFlags.Retransmitted))
        {
            RetransmittedBytes += bytes;
            inFlight++;
        }

        InFlight += inFlight * bytes;
    }

    /// <summary>Segments of the run that the block covers whole.</summary>
    private static (SequenceNumber Start, SequenceNumber End) WholeSegments(in TransmittedRun run, in SackBlock block)
    {
        var size = run.SegmentSize;
        var start = block.Left <= run.Start ? run.Start : run.Start + (block.Left - run.Start + size - 1) / size * size;
        var end = block.Right >= run.End ? run.End : run.Start + (block.Right - run.Start) / size * size;
        return (start, end);
    }

    private int FirstEndingAfter(SequenceNumber sequence)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            Visits++;
            if (RunAt(middle).End <= sequence) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>Splits the run so that nothing of it lies outside; returns the position of what lies inside.</summary>
    private int Isolate(int position, SequenceNumber start, SequenceNumber end)
    {
        if (RunAt(position).End > end) Split(position, end);
        if (RunAt(position).Start < start) Split(position++, start);
        return position;
    }

    private void Split(int position, SequenceNumber at)
    {
        var left = IdAt(position);
        var right = _runs[left];
        var id = Insert(position + 1, right);
        var all = right.Segments;
        ref var first = ref _runs[left];
        ref var second = ref _runs[id];
        first.End = second.Start = at;
        first.Segments = SegmentsIn(first.Length, first.SegmentSize);
        second.Segments = SegmentsIn(second.Length, second.SegmentSize);
        if (first.IsSacked) SackedSegments += first.Segments + second.Segments - all;
        else LinkAfter(ref ListOf(first), left, id);
    }

    /// <summary>Joins the run with its neighbours where they are alike; returns where it then is.</summary>
    private int Join(int position)
    {
        if (position + 1 < Count && RunAt(position).Joins(RunAt(position + 1))) JoinNext(position);
        if (position == 0 || !RunAt(position - 1).Joins(RunAt(position))) return position;
        JoinNext(position - 1);
        return position - 1;
    }

    private void JoinNext(int position)
    {
        var next = IdAt(position + 1);
        ref var run = ref RunAt(position);
        run.End = _runs[next].End;
        run.Segments += _runs[next].Segments;
        Unlink(next);
        RemoveAt(position + 1);
    }

    private ref RunList ListOf(in TransmittedRun run)
    {
        if (run.AwaitsRetransmission) return ref _lost;
        return ref _flight;
    }

    /// <summary>Puts a run where it belongs in its list: at the end mostly, else near where the last one went.</summary>
    private void Link(int id)
    {
        ref var run = ref _runs[id];
        if (run.IsSacked) return;
        ref var list = ref ListOf(run);
        var byTime = !run.AwaitsRetransmission;
        var at = list.Last == RunList.None || Precedes(list.Last, id, byTime) ? list.Last : list.Recent;
        while (at != RunList.None && !Precedes(at, id, byTime)) at = _runs[at].Previous;
        while (Following(list, at) is not RunList.None and var next && Precedes(next, id, byTime)) at = next;
        LinkAfter(ref list, at, id);
    }

    private int Following(in RunList list, int at) => at == RunList.None ? list.First : _runs[at].Next;

    private bool Precedes(int left, int right, bool byTime)
    {
        Visits++;
        ref var a = ref _runs[left];
        ref var b = ref _runs[right];
        return byTime && a.Order != b.Order ? a.Order < b.Order : a.Start < b.Start;
    }

    private void LinkAfter(ref RunList list, int at, int id)
    {
        ref var run = ref _runs[id];
        run.Previous = at;
        run.Next = Following(list, at);
        if (at == RunList.None) list.First = id;
        else _runs[at].Next = id;
        if (run.Next == RunList.None) list.Last = id;
        else _runs[run.Next].Previous = id;
        list.Recent = id;
    }

    private void Unlink(int id)
    {
        ref var run = ref _runs[id];
        if (run.IsSacked) return;
        ref var list = ref ListOf(run);
        if (run.Previous == RunList.None) list.First = run.Next;
        else _runs[run.Previous].Next = run.Next;
        if (run.Next == RunList.None) list.Last = run.Previous;
        else _runs[run.Next].Previous = run.Previous;
        if (list.Recent == id) list.Recent = run.Previous != RunList.None ? run.Previous : list.Last;
    }

    /// <summary>Takes a free place for the run and puts it into the order of sequence numbers. In no list yet.</summary>
    private int Insert(int position, in TransmittedRun run)
    {
        var copy = run;
        MakeRoom();
        int id;
        if (_free == RunList.None)
        {
            id = _used++;
        }
        else
        {
            id = _free;
            _free = _runs[id].Next;
        }

        _runs[id] = copy;
        Array.Copy(_order, _head + position, _order, _head + position + 1, Count - position);
        _order[_head + position] = id;
        Count++;
        return id;
    }

    private void RemoveAt(int position)
    {
        var id = IdAt(position);
        _runs[id].Next = _free;
        _free = id;
        Count--;
        if (position == 0) _head++;
        else Array.Copy(_order, _head + position + 1, _order, _head + position, Count - position);
    }

    private void MakeRoom()
    {
        if (_runs.Length == 0) BeginSmall();
        if (_free == RunList.None && _used == _runs.Length) GrowRuns();
        if (_head + Count < _order.Length) return;
        if (_head >= _order.Length / 2 && _head > 0) Array.Copy(_order, _head, _order, 0, Count);
        else GrowOrder();
        _head = 0;
    }

    private void BeginSmall()
    {
        if (_fewRuns.Length == 0) (_fewRuns, _fewPlaces) = (new TransmittedRun[FewRuns], new int[FewPlaces]);
        (_runs, _order) = (_fewRuns, _fewPlaces);
    }

    private void GrowOrder()
    {
        var larger = ArrayPool<int>.Shared.Rent(Math.Max(SmallestRented, 2 * _order.Length));
        Array.Copy(_order, _head, larger, 0, Count);
        if (_order != _fewPlaces) ArrayPool<int>.Shared.Return(_order);
        _order = larger;
    }

    private void GrowRuns()
    {
        var larger = ArrayPool<TransmittedRun>.Shared.Rent(Math.Max(SmallestRented, 2 * _runs.Length));
        Array.Copy(_runs, larger, _used);
        if (_runs != _fewRuns) ArrayPool<TransmittedRun>.Shared.Return(_runs);
        _runs = larger;
    }

    /// <summary>Nothing is outstanding: begins anew, and gives back what more than a dialogue needed.</summary>
    private void Shrink()
    {
        (_head, _used, _free, _flight, _lost) = (0, 0, RunList.None, new(), new());
        if (_runs != _fewRuns) ArrayPool<TransmittedRun>.Shared.Return(_runs);
        if (_order != _fewPlaces) ArrayPool<int>.Shared.Return(_order);
        (_runs, _order) = (_fewRuns, _fewPlaces);
    }

    private static int SegmentsIn(int length, int segmentSize) => Math.Max(1, (length + segmentSize - 1) / segmentSize);
}
