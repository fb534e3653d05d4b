using ActorStack.Transport.Wire;

namespace ActorStack.Transport.State;

/// <summary>Which sequence numbers of one queue are covered: ranges that ascend and do not touch.</summary>
internal sealed class SequenceCoverage
{
    private readonly List<(SequenceNumber Start, SequenceNumber End)> _ranges = [];

    public int Count => _ranges.Count;

    /// <summary>
    /// Covers the numbers from <paramref name="start"/> to before <paramref name="end"/>, and joins ranges that then touch.
    /// </summary>
    public void Add(SequenceNumber start, SequenceNumber end)
    {
        if (start >= end) return;
        var first = FirstEndingFrom(start);
        var last = first;
        for (; last < _ranges.Count && _ranges[last].Start <= end; last++)
        {
            start = SequenceNumber.Min(start, _ranges[last].Start);
            end = SequenceNumber.Max(end, _ranges[last].End);
        }

        _ranges.RemoveRange(first, last - first);
        _ranges.Insert(first, (start, end));
    }

    /// <summary>The parts of a range that are not covered, ascending.</summary>
    public IEnumerable<(SequenceNumber Start, SequenceNumber End)> Uncovered(SequenceNumber start, SequenceNumber end)
    {
        for (var index = FirstEndingFrom(start); start < end; index++)
        {
            var next = index < _ranges.Count ? SequenceNumber.Min(_ranges[index].Start, end) : end;
            if (start < next) yield return (start, next);
            if (index == _ranges.Count) yield break;
            start = SequenceNumber.Max(start, _ranges[index].End);
        }
    }

    private int FirstEndingFrom(SequenceNumber start)
    {
        int low = 0, high = _ranges.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_ranges[middle].End < start) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
