using System.Numerics;

namespace ActorStack.TestKit.Capture;

/// <summary>
/// The payload that one side of a connection has sent: which bytes the capture has, and the last of them, to compare repeated
/// bytes with. Positions are counted from the SYN, which is 0.
/// </summary>
/// <param name="history">The bytes that are kept at most.</param>
internal sealed class SentStream(int history)
{
    private const long FirstByte = 1;
    private const int InitialHistory = 1 << 17;

    private readonly List<(long Start, long End)> _holes = [];
    private byte[] _ring = new byte[Math.Min(InitialHistory, RoundUp(history))];
    private long _knownFrom = FirstByte;

    /// <summary>The position after the last byte.</summary>
    public long End { get; private set; } = FirstByte;

    /// <summary>The bytes before <see cref="End"/> that the capture does not have, in their order.</summary>
    public IReadOnlyList<(long Start, long End)> Holes => _holes;

    /// <summary>Adds a segment's payload, of which the capture has the beginning.</summary>
    public Arrival Add(long position, int length, ReadOnlySpan<byte> captured)
    {
        var arrival = new Arrival();
        var end = position + length;
        if (length == 0) return arrival;
        if (position > End) _holes.Add((End, position));
        Grow(Math.Max(End, end));
        for (var at = position; at < end;)
        {
            var pieceEnd = PieceEnd(at, end, out var hole);
            var piece = Part(captured, at - position, pieceEnd - position);
            if (at >= End || hole >= 0) Take(at, pieceEnd, hole, piece, ref arrival);
            else Compare(at, pieceEnd, piece, ref arrival);
            at = pieceEnd;
        }

        if (captured.Length < length) _knownFrom = Math.Max(_knownFrom, end);
        return arrival;
    }

    /// <summary>Where the bytes end that are all new, all of one hole, or all known.</summary>
    private long PieceEnd(long at, long end, out int hole)
    {
        hole = -1;
        if (at >= End) return end;
        end = Math.Min(end, End);
        for (var i = 0; i < _holes.Count; i++)
        {
            var (holeStart, holeEnd) = _holes[i];
            if (at >= holeEnd) continue;
            if (at < holeStart) return Math.Min(end, holeStart);
            hole = i;
            return Math.Min(end, holeEnd);
        }

        return end;
    }

    private void Take(long at, long end, int hole, ReadOnlySpan<byte> bytes, ref Arrival arrival)
    {
        if (hole < 0)
        {
            arrival.New += end - at;
            End = end;
        }
        else
        {
            arrival.Filled += end - at;
            Shrink(hole, at, end);
        }

        for (var i = (int)Math.Max(0, End - _ring.Length - at); i < bytes.Length;)
        {
            var slot = (int)((at + i) & (_ring.Length - 1));
            var count = Math.Min(bytes.Length - i, _ring.Length - slot);
            bytes.Slice(i, count).CopyTo(_ring.AsSpan(slot));
            i += count;
        }
    }

    private void Compare(long at, long end, ReadOnlySpan<byte> bytes, ref Arrival arrival)
    {
        arrival.Repeated += end - at;
        var first = Math.Max(Math.Max(at, _knownFrom), End - _ring.Length);
        var known = Math.Max(0, at + bytes.Length - first);
        arrival.Unchecked += end - at - known;
        for (var i = first; i < first + known;)
        {
            var slot = (int)(i & (_ring.Length - 1));
            var count = (int)Math.Min(first + known - i, _ring.Length - slot);
            var same = bytes.Slice((int)(i - at), count).CommonPrefixLength(_ring.AsSpan(slot, count));
            if (same < count) arrival.FirstDifference ??= i + same;
            i += count;
        }
    }

    private void Shrink(int hole, long at, long end)
    {
        var (holeStart, holeEnd) = _holes[hole];
        _holes.RemoveAt(hole);
        if (end < holeEnd) _holes.Insert(hole, (end, holeEnd));
        if (holeStart < at) _holes.Insert(hole, (holeStart, at));
    }

    private void Grow(long end)
    {
        while (_ring.Length < end - FirstByte && _ring.Length < history)
        {
            var larger = new byte[_ring.Length * 2];
            for (var at = Math.Max(FirstByte, End - _ring.Length); at < End; at++)
                larger[at & (larger.Length - 1)] = _ring[at & (_ring.Length - 1)];
            _ring = larger;
        }
    }

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> bytes, long from, long to)
    {
        var start = (int)Math.Min(from, bytes.Length);
        return bytes[start..(int)Math.Min(to, bytes.Length)];
    }

    private static int RoundUp(int value) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, value));

    /// <summary>What a segment brought, bytes.</summary>
    public struct Arrival
    {
        public long New;
        public long Filled;
        public long Repeated;
        public long Unchecked;

        /// <summary>The position of the first repeated byte that is not what it was; null: none.</summary>
        public long? FirstDifference;
    }
}
