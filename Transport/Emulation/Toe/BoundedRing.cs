namespace ActorStack.Transport.Emulation.Toe;

/// <summary>A ring of descriptors between host and device: bounded, first in first out, for any number of threads.</summary>
internal sealed class BoundedRing<T>(int capacity)
{
    private readonly T[] _entries = new T[capacity];
    private readonly Lock _gate = new();
    private int _head;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public bool IsFull => Count == _entries.Length;

    /// <summary>False: the ring is full, and nothing was taken.</summary>
    public bool TryEnqueue(T entry)
    {
        lock (_gate)
        {
            if (_count == _entries.Length) return false;
            _entries[(_head + _count) % _entries.Length] = entry;
            _count++;
            return true;
        }
    }

    public bool TryDequeue(out T entry)
    {
        lock (_gate)
        {
            entry = default!;
            if (_count == 0) return false;
            entry = _entries[_head];
            _entries[_head] = default!;
            _head = (_head + 1) % _entries.Length;
            _count--;
            return true;
        }
    }
}
