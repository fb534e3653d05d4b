using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>How runs split and join, and the lists that they are in.</summary>
internal sealed partial class Scoreboard
{
    /// <summary>Segments of the run that the block covers whole.</summary>
    private static (SequenceNumber Start, SequenceNumber End) WholeSegments(in TransmittedRun run, in SackBlock block)
    {
        var size = run.SegmentSize;
        var start = block.Left <= run.Start ? run.Start : run.Start + (block.Left - run.Start + size - 1) / size * size;
        var end = block.Right >= run.End ? run.End : run.Start + (block.Right - run.Start) / size * size;
        return (start, end);
    }

    /// <summary>Splits off the parts of the run that lie outside; returns the position of the part inside.</summary>
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

    /// <summary>Nothing is outstanding.</summary>
    private void Empty()
    {
        _store.Clear();
        (_flight, _lost) = (new RunList(byTime: true), new RunList(byTime: false));
    }

    private static int SegmentsIn(int length, int segmentSize) => Math.Max(1, (length + segmentSize - 1) / segmentSize);
}
