namespace ActorStack.Actors.Cluster.Channel;

/// <summary>
/// Bytes that are added at the end and removed at the beginning, in one array. It belongs to one thread at a time.
/// </summary>
internal sealed class PendingBytes
{
    /// <summary>An array above this size is given back when it is empty.</summary>
    private const int KeptSize = 1 << 20;

    private byte[] _bytes = [];
    private int _from;
    private int _to;

    public int Count => _to - _from;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(_from, Count);

    /// <summary>
    /// The room at the end, of <paramref name="least"/> bytes at least. <see cref="Add"/> adds what was written there.
    /// </summary>
    public Span<byte> Room(int least)
    {
        if (_bytes.Length - _to < least) Grow(least);
        return _bytes.AsSpan(_to);
    }

    public void Add(int count) => _to += count;

    public void Remove(int count)
    {
        _from += count;
        if (_from < _to) return;
        (_from, _to) = (0, 0);
        if (_bytes.Length > KeptSize) _bytes = [];
    }

    private void Grow(int least)
    {
        var target = Count + least <= _bytes.Length && _from >= Count
            ? _bytes
            : new byte[Math.Max(Count + least, (int)Math.Min(2L * _bytes.Length, Array.MaxLength))];
        _bytes.AsSpan(_from, Count).CopyTo(target);
        (_to, _from, _bytes) = (Count, 0, target);
    }
}
