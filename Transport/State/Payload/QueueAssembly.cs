using System.Buffers;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.State;

/// <summary>The bytes of one queue that have come: pieces that do not overlap, in any order until they are taken.</summary>
internal sealed class QueueAssembly
{
    /// <summary>All numbers of a queue lie closer together, or they could not be compared (RFC 9293 section 3.4).</summary>
    private const int Farthest = 1 << 30;

    private readonly SequenceCoverage _coverage = new();
    private readonly List<PayloadRange> _pieces = [];
    private SequenceNumber? _origin;

    /// <summary>Keeps what is new of <paramref name="range"/>; returns the number of its pieces.</summary>
    /// <exception cref="FormatException">It lies too far from what has come.</exception>
    public int Add(in PayloadRange range)
    {
        _origin ??= range.Start;
        if (Math.Abs((long)(range.Start - _origin.Value)) > Farthest)
            throw new FormatException(
                $"sequence number {range.Start} of the {range.Queue} queue is out of any window around {_origin}");

        var before = _pieces.Count;
        foreach (var (start, end) in _coverage.Uncovered(range.Start, range.End))
            _pieces.Add(range with { Start = start, Bytes = range.Bytes.Slice(start - range.Start, end - start) });
        _coverage.Add(range.Start, range.End);
        return _pieces.Count - before;
    }

    /// <summary>The parts of a range that have not come.</summary>
    public IEnumerable<(SequenceNumber Start, SequenceNumber End)> Missing(SequenceNumber start, int length) =>
        _coverage.Uncovered(start, start + length);

    /// <summary>Puts the pieces in order; before <see cref="Take"/>.</summary>
    public void Sort()
    {
        if (_origin is { } origin) _pieces.Sort((left, right) => (left.Start - origin).CompareTo(right.Start - origin));
    }

    /// <summary>A range that has come whole, made of its pieces, which are not copied.</summary>
    public ReadOnlySequence<byte> Take(SequenceNumber start, int length)
    {
        var joined = new SequenceBuilder();
        for (var (taken, index) = (0, length > 0 ? FirstEndingAfter(start) : 0); taken < length; index++)
        {
            var part = Part(_pieces[index], start + taken, length - taken);
            joined.Append(part);
            taken += (int)part.Length;
        }

        return joined.Build();
    }

    private static ReadOnlySequence<byte> Part(in PayloadRange piece, SequenceNumber start, int length) =>
        piece.Bytes.Slice(start - piece.Start, Math.Min(piece.End - start, length));

    private int FirstEndingAfter(SequenceNumber start)
    {
        int low = 0, high = _pieces.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_pieces[middle].End <= start) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
