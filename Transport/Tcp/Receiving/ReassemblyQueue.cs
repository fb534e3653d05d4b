using System.Buffers;
using System.Runtime.InteropServices;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Receiving;

/// <summary>
/// Out-of-order bytes, sorted by sequence number. The caller keeps them within the window; the number of blocks is bounded too,
/// so that no pattern of tiny segments costs more than a short search. Bytes that arrived first stay. Of runs that touch, any two
/// neighbours hold 2 KB between them, and mostly 16, whatever the order of arrival: so arrays and walks are in proportion to the
/// bytes.
/// </summary>
/// <param name="memory">Counts the bytes held; null: they are not counted.</param>
internal sealed class ReassemblyQueue(TcpMemory? memory)
{
    private const int MaximumBlocks = 4096;
    private const int RecentKept = 4;
    private const int RunsKept = 128;
    private const int MinimumArray = 2048;
    private const int MaximumArray = 64 * 1024;
    private const int JoinedLength = 16 * 1024;
    private readonly List<ReassemblyRun> _runs = [];
    private int _bytes;
    private int _blocks;
    private long _counted;

    // The blocks that changed last, newest first, each by a number in it: in this order they are reported (RFC 2018 section 4),
    // so that the sender hears of each several times although acknowledgments get lost.
    private List<SequenceNumber>? _recent;

    public bool IsEmpty => _runs.Count == 0;

    /// <summary>
    /// Bytes of memory, as far as they follow from the sequence numbers held: so a queue that was moved weighs the same. Each
    /// block counts an array, lest tiny segments hold many.
    /// </summary>
    public long Weight => _bytes + (long)_blocks * MinimumArray;

    /// <summary>Bytes of the arrays held: in proportion to <see cref="Weight"/>, whatever a hostile peer sends.</summary>
    public long ArrayBytes => _runs.Sum(run => (long)run.Bytes.Length);

    /// <summary>False where some of it was not kept, because the queue would weigh more than <paramref name="limit"/>.</summary>
    public bool Insert(SequenceNumber start, ReadOnlySpan<byte> bytes, long limit)
    {
        var isKept = TryInsert(start, bytes, limit);
        Count();
        return isKept;
    }

    private bool TryInsert(SequenceNumber start, ReadOnlySpan<byte> bytes, long limit)
    {
        var first = start;
        var index = FirstEndingAfter(start);
        while (bytes.Length > 0)
        {
            if (index == _runs.Count || start < _runs[index].Start)
            {
                var gap = index == _runs.Count ? bytes.Length : Math.Min(bytes.Length, _runs[index].Start - start);
                if (!TryStore(ref index, start, bytes[..gap], limit)) return false;
                start += gap;
                bytes = bytes[gap..];
                continue;
            }

            var overlap = Math.Min(bytes.Length, _runs[index].End - start);
            start += overlap;
            bytes = bytes[overlap..];
            index++;
        }

        NoteChanged(first);
        return true;
    }

    /// <summary>The lowest part of these numbers that is there already; null: none is.</summary>
    public SackBlock? FindOverlap(SequenceNumber start, SequenceNumber end)
    {
        var index = FirstEndingAfter(start);
        if (index == _runs.Count || _runs[index].Start >= end) return null;
        var block = BlockAround(index, out _);
        return new SackBlock(SequenceNumber.Max(block.Left, start), SequenceNumber.Min(block.Right, end));
    }

    /// <summary>
    /// The run at <paramref name="index"/> when it begins at or before <paramref name="next"/>; the caller takes those off with
    /// <see cref="RemoveFirst"/>.
    /// </summary>
    public bool TryPeek(int index, SequenceNumber next, out ReassemblyRun run)
    {
        run = index < _runs.Count ? _runs[index] : default;
        return index < _runs.Count && run.Start <= next;
    }

    public void RemoveFirst(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var run = _runs[i];
            _bytes -= run.Length;
            if (i + 1 == _runs.Count || _runs[i + 1].Start != run.End) _blocks--;
            ArrayPool<byte>.Shared.Return(run.Bytes);
        }

        _runs.RemoveRange(0, count);
        if (IsEmpty) Shrink();
        Count();
    }

    public void Clear()
    {
        foreach (var run in _runs) ArrayPool<byte>.Shared.Return(run.Bytes);
        _runs.Clear();
        Shrink();
        _bytes = _blocks = 0;
        Count();
    }

    /// <summary>
    /// Fills SACK blocks from <paramref name="count"/> on: first those that changed last, then from the lowest up. Returns how
    /// many there are then.
    /// </summary>
    public int WriteBlocks(ref SackBlocks blocks, int count, int capacity)
    {
        var first = count;
        foreach (var number in CollectionsMarshal.AsSpan(_recent))
        {
            var index = FirstEndingAfter(number);
            if (count < capacity && index < _runs.Count && _runs[index].Start <= number)
                blocks[count++] = BlockAround(index, out _);
        }

        for (var index = 0; index < _runs.Count && count < capacity;)
        {
            var block = BlockAround(index, out index);
            if (!((ReadOnlySpan<SackBlock>)blocks)[first..count].Contains(block)) blocks[count++] = block;
        }

        return count;
    }

    /// <summary>The runs as the record names them: those that touch are one.</summary>
    public (uint[] Sequences, uint[] Lengths) ExportRanges()
    {
        var (sequences, lengths) = (new uint[_blocks], new uint[_blocks]);
        for (int index = 0, block = 0; index < _runs.Count; block++)
        {
            var (left, right) = BlockAround(index, out index);
            (sequences[block], lengths[block]) = (left.Value, (uint)(right - left));
        }

        return (sequences, lengths);
    }

    /// <summary>A copy of the bytes of those runs.</summary>
    public ReadOnlyMemory<byte>[] ExportPayload()
    {
        var blocks = new ReadOnlyMemory<byte>[_blocks];
        for (int index = 0, block = 0; index < _runs.Count; block++)
        {
            var first = index;
            var (left, right) = BlockAround(first, out index);
            var bytes = new byte[right - left];
            for (var run = first; run < index; run++) _runs[run].Span.CopyTo(bytes.AsSpan(_runs[run].Start - left));
            blocks[block] = bytes;
        }

        return blocks;
    }

    /// <summary>Numbers in the blocks that changed last, newest first.</summary>
    public uint[] ExportRecent() => _recent is null ? [] : [.. _recent.Select(number => number.Value)];

    public void Restore(ReadOnlySpan<uint> starts, IReadOnlyList<ReadOnlyMemory<byte>> data, ReadOnlySpan<uint> recent)
    {
        for (var i = 0; i < starts.Length; i++) Insert(new SequenceNumber(starts[i]), data[i].Span, long.MaxValue);
        if (recent.IsEmpty) return;
        _recent = new List<SequenceNumber>(RecentKept);
        foreach (var number in recent[..Math.Min(recent.Length, RecentKept)]) _recent.Add(new SequenceNumber(number));
    }

    /// <summary>Returns memory that an unusual number of runs needed.</summary>
    private void Shrink()
    {
        _recent?.Clear();
        if (_runs.Capacity > RunsKept) _runs.Capacity = 0;
    }

    private void Count()
    {
        if (memory is null || Weight == _counted) return;
        memory.AddOutOfOrder(Weight - _counted);
        _counted = Weight;
    }

    /// <summary>The block around <paramref name="number"/> is the newest; its older entries are removed.</summary>
    private void NoteChanged(SequenceNumber number)
    {
        var index = FirstEndingAfter(number);
        if (index == _runs.Count) return;
        var block = BlockAround(index, out _);
        _recent ??= new List<SequenceNumber>(RecentKept);
        for (var i = _recent.Count - 1; i >= 0; i--)
        {
            if (_recent[i] >= block.Left && _recent[i] < block.Right) _recent.RemoveAt(i);
        }

        if (_recent.Count == RecentKept) _recent.RemoveAt(RecentKept - 1);
        _recent.Insert(0, number);
    }

    /// <summary>
    /// Appends to the run before <paramref name="index"/> where that touches and has room, else inserts a new one, and takes in
    /// what follows where that is small; false beyond the limits.
    /// </summary>
    private bool TryStore(ref int index, SequenceNumber start, ReadOnlySpan<byte> bytes, long limit)
    {
        var end = start + bytes.Length;
        var touchesLeft = index > 0 && _runs[index - 1].End == start;
        var touchesRight = index < _runs.Count && _runs[index].Start == end;
        var blocks = 1 - (touchesLeft ? 1 : 0) - (touchesRight ? 1 : 0);
        if (Weight + bytes.Length + blocks * MinimumArray > limit || _blocks + blocks > MaximumBlocks) return false;
        _bytes += bytes.Length;
        _blocks += blocks;
        if (touchesLeft) bytes = bytes[CollectionsMarshal.AsSpan(_runs)[index - 1].Append(bytes)..];
        if (bytes.Length > 0) Add(index++, end - bytes.Length, bytes);
        if (touchesRight && TryJoinNext(index - 1)) index--;
        return true;
    }

    private void Add(int index, SequenceNumber start, ReadOnlySpan<byte> bytes)
    {
        var array = ArrayPool<byte>.Shared.Rent(Math.Max(bytes.Length, RoomFor(index, start)));
        bytes.CopyTo(array);
        _runs.Insert(index, new ReassemblyRun(start, array, bytes.Length));
    }

    /// <summary>
    /// Joins two runs that touch, where they are small together: large ones are few anyhow, and copying them is work.
    /// </summary>
    private bool TryJoinNext(int index)
    {
        ref var run = ref CollectionsMarshal.AsSpan(_runs)[index];
        var next = _runs[index + 1];
        if (run.Length + next.Length > JoinedLength) return false;
        if (next.Length > run.Spare) Enlarge(ref run, run.Length + next.Length);
        run.Append(next.Span);
        ArrayPool<byte>.Shared.Return(next.Bytes);
        _runs.RemoveAt(index + 1);
        return true;
    }

    private static void Enlarge(ref ReassemblyRun run, int room)
    {
        var array = ArrayPool<byte>.Shared.Rent(room);
        run.Span.CopyTo(array);
        ArrayPool<byte>.Shared.Return(run.Bytes);
        run = new ReassemblyRun(run.Start, array, run.Length);
    }

    /// <summary>A run that continues a full one has twice its room, so that a large window needs few runs.</summary>
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
