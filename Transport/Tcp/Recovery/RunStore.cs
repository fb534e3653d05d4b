using System.Buffers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>
/// The storage of runs. Each run keeps its place, the id, as long as it lives, and has a position in the order of sequence
/// numbers. The arrays come from pools and go back when the store is emptied: a connection with nothing outstanding has none.
/// </summary>
internal struct RunStore()
{
    private const int SmallestRented = 16;
    private FewRuns? _few;
    private TransmittedRun[] _runs = [];
    private int[] _order = [];
    private int _head;
    private int _used;
    private int _free = RunList.None;

    public int Count { get; private set; }

    /// <summary>Runs by id; it may be another array after an insertion.</summary>
    public readonly TransmittedRun[] Runs => _runs;

    public readonly int IdAt(int position) => _order[_head + position];

    public readonly ref TransmittedRun At(int position) => ref _runs[IdAt(position)];

    /// <summary>
    /// The first position whose run ends after the number; <see cref="Count"/> where there is none. Each run looked at is a
    /// visit.
    /// </summary>
    public readonly int FirstEndingAfter(SequenceNumber sequence, ref long visits)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            visits++;
            if (At(middle).End <= sequence) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>Takes a free place for the run and puts it into the order. Returns its id.</summary>
    public int Insert(int position, in TransmittedRun run)
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

    public void RemoveAt(int position)
    {
        var id = IdAt(position);
        _runs[id].Next = _free;
        _free = id;
        Count--;
        if (position == 0) _head++;
        else Array.Copy(_order, _head + position + 1, _order, _head + position, Count - position);
    }

    /// <summary>Empties the store, and returns its arrays to the pool.</summary>
    public void Clear()
    {
        if (_runs.Length == 0) return;
        (Count, _head, _used, _free) = (0, 0, 0, RunList.None);
        if (_runs != _few!.Runs) ArrayPool<TransmittedRun>.Shared.Return(_runs);
        if (_order != _few.Order) ArrayPool<int>.Shared.Return(_order);
        FewRuns.Return(_few);
        (_runs, _order, _few) = ([], [], null);
    }

    private void MakeRoom()
    {
        if (_runs.Length == 0) BeginFew();
        if (_free == RunList.None && _used == _runs.Length) GrowRuns();
        if (_head + Count < _order.Length) return;
        if (_head >= _order.Length / 2 && _head > 0) Array.Copy(_order, _head, _order, 0, Count);
        else GrowOrder();
        _head = 0;
    }

    private void BeginFew()
    {
        _few = FewRuns.Take();
        (_runs, _order) = (_few.Runs, _few.Order);
    }

    private void GrowOrder()
    {
        var larger = ArrayPool<int>.Shared.Rent(Math.Max(SmallestRented, 2 * _order.Length));
        Array.Copy(_order, _head, larger, 0, Count);
        if (_order != _few!.Order) ArrayPool<int>.Shared.Return(_order);
        _order = larger;
    }

    private void GrowRuns()
    {
        var larger = ArrayPool<TransmittedRun>.Shared.Rent(Math.Max(SmallestRented, 2 * _runs.Length));
        Array.Copy(_runs, larger, _used);
        if (_runs != _few!.Runs) ArrayPool<TransmittedRun>.Shared.Return(_runs);
        _runs = larger;
    }
}
