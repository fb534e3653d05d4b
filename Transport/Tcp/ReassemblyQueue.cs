using System.Buffers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// Out-of-order bytes, sorted by sequence number. The caller keeps them within the window; the number of runs is bounded
/// too, so that no pattern of tiny segments costs more than a short search. What was there first stays.
/// </summary>
internal sealed class ReassemblyQueue
{
    private const int MaximumRuns = 1024;
    private const int MinimumArray = 2048;
    private const int MaximumArray = 64 * 1024;
    private readonly List<ReassemblyRun> _runs = [];

    /// <summary>Start of the bytes that arrived last: they make the first SACK block (RFC 2018 section 4).</summary>
    public SequenceNumber Latest { get; private set; }

    public bool IsEmpty => _runs.Count == 0;

    public void Insert(SequenceNumber start, ReadOnlySpan<byte> bytes)
    {
        Latest = start;
        var index = FirstEndingAfter(start);
        while (bytes.Length > 0)
        {
            if (index == _runs.Count || start < _runs[index].Start)
            {
                var gap = index == _runs.Count ? bytes.Length : Math.Min(bytes.Length, _runs[index].Start - start);
                if (!TryStore(ref index, start, bytes[..gap])) return;
                start += gap;
                bytes = bytes[gap..];
                continue;
            }

            var overlap = Math.Min(bytes.Length, _runs[index].End - start);
            start += overlap;
            bytes = bytes[overlap..];
            index++;
        }
    }

    /// <summary>The first run when it begins at or before <paramref name="next"/>; the caller takes it off with <see cref="RemoveFirst"/>.</summary>
    public bool TryPeek(SequenceNumber next, out ReassemblyRun run)
    {
        run = IsEmpty ? null! : _runs[0];
        return !IsEmpty && run.Start <= next;
    }

    public void RemoveFirst()
    {
        ArrayPool<byte>.Shared.Return(_runs[0].Bytes);
        _runs.RemoveAt(0);
    }

    public void Clear()
    {
        foreach (var run in _runs) ArrayPool<byte>.Shared.Return(run.Bytes);
        _runs.Clear();
    }

    /// <summary>Fills SACK blocks: first the one with the bytes that arrived last, then from the lowest up. Returns how many.</summary>
    public int WriteBlocks(ref SackBlocks blocks, int capacity)
    {
        if (IsEmpty) return 0;
        var latest = BlockAround(Math.Min(FirstEndingAfter(Latest), _runs.Count - 1), out _);
        blocks[0] = latest;
        var count = 1;
        for (var index = 0; index < _runs.Count && count < capacity;)
        {
            var block = BlockAround(index, out index);
            if (block != latest) blocks[count++] = block;
        }

        return count;
    }

    /// <summary>The runs as the record carries them: those that touch are one.</summary>
    public (uint[] Starts, byte[][] Data) Export()
    {
        List<uint> starts = [];
        List<byte[]> data = [];
        for (var index = 0; index < _runs.Count;)
        {
            var first = index;
            starts.Add(BlockAround(first, out index).Left.Value);
            data.Add([.. _runs[first..index].SelectMany(run => run.Span.ToArray())]);
        }

        return ([.. starts], [.. data]);
    }

    public void Restore(ReadOnlySpan<uint> starts, byte[][] data, SequenceNumber latest)
    {
        for (var i = 0; i < starts.Length; i++) Insert(new SequenceNumber(starts[i]), data[i]);
        Latest = latest;
    }

    /// <summary>Appends to the run before <paramref name="index"/> where that touches and has room, else inserts a new one.</summary>
    private bool TryStore(ref int index, SequenceNumber start, ReadOnlySpan<byte> bytes)
    {
        if (index > 0 && _runs[index - 1].End == start) bytes = bytes[_runs[index - 1].Append(bytes)..];
        if (bytes.Length == 0) return true;
        if (_runs.Count >= MaximumRuns) return false;
        start = index > 0 && _runs[index - 1].End > start ? _runs[index - 1].End : start;
        var array = ArrayPool<byte>.Shared.Rent(Math.Max(bytes.Length, RoomFor(index, start)));
        bytes.CopyTo(array);
        _runs.Insert(index++, new ReassemblyRun(start, array, bytes.Length));
        return true;
    }

    /// <summary>A run that goes on where another is full has twice its room, so that a large window needs few.</summary>
    private int RoomFor(int index, SequenceNumber start) => index > 0 && _runs[index - 1].End == start
        ? Math.Min(2 * _runs[index - 1].Bytes.Length, MaximumArray)
        : MinimumArray;

    private int FirstEndingAfter(SequenceNumber sequence)
    {
        int low = 0, high = _runs.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_runs[middle].End <= sequence) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>The block made by the run at <paramref name="index"/> and all that touch it.</summary>
    private SackBlock BlockAround(int index, out int next)
    {
        var first = index;
        while (first > 0 && _runs[first - 1].End == _runs[first].Start) first--;
        next = index + 1;
        while (next < _runs.Count && _runs[next - 1].End == _runs[next].Start) next++;
        return new SackBlock(_runs[first].Start, _runs[next - 1].End);
    }
}
