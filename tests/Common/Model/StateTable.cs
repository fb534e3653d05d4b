namespace ActorStack.Tests.Common.Model;

/// <summary>
/// The states that were met, numbered in that order, each with the number of the state from which it was met. It takes the size
/// of a state and about 10 bytes for each: a hash table of numbers over chunks of states.
/// </summary>
internal sealed class StateTable<TState>
    where TState : IEquatable<TState>
{
    private const int ChunkBits = 14;
    private const int ChunkSize = 1 << ChunkBits;
    private const uint GoldenRatio = 0x9E37_79B9;

    private readonly List<(TState State, int From)[]> _chunks = [];
    private int[] _slots = new int[1 << 10]; // number of the state + 1; 0: free
    private int _shift = 32 - 10;

    public int Count { get; private set; }

    public TState this[int number] => At(number).State;

    /// <summary>The number of the state from which this one was met; -1: it was not met from another.</summary>
    public int From(int number) => At(number).From;

    /// <summary>
    /// Adds the state where it is new. False where it was known; <paramref name="number"/> is its number in both cases.
    /// </summary>
    public bool TryAdd(TState state, int from, out int number)
    {
        if (Count > _slots.Length / 2) Grow();
        var slot = SlotOf(state);
        for (; _slots[slot] != 0; slot = (slot + 1) & (_slots.Length - 1))
        {
            number = _slots[slot] - 1;
            if (At(number).State.Equals(state)) return false;
        }

        number = Count++;
        if (number >> ChunkBits == _chunks.Count) _chunks.Add(new (TState, int)[ChunkSize]);
        At(number) = (state, from);
        _slots[slot] = number + 1;
        return true;
    }

    private ref (TState State, int From) At(int number) => ref _chunks[number >> ChunkBits][number & (ChunkSize - 1)];

    private int SlotOf(TState state) => (int)(unchecked((uint)state.GetHashCode() * GoldenRatio) >> _shift);

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        _shift--;
        for (var number = 0; number < Count; number++)
        {
            var slot = SlotOf(this[number]);
            while (_slots[slot] != 0) slot = (slot + 1) & (_slots.Length - 1);
            _slots[slot] = number + 1;
        }
    }
}
