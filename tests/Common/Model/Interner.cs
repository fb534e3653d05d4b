namespace ActorStack.Tests.Common.Model;

/// <summary>
/// Numbers values, equal ones alike. A state that consists of such numbers takes few bytes, and comparing two states is cheap.
/// </summary>
public sealed class Interner<T>
    where T : notnull
{
    private readonly Dictionary<T, int> _numbers = [];
    private readonly List<T> _values = [];

    /// <summary>The value with this number.</summary>
    public T this[int number] => _values[number];

    /// <summary>The number of the value, counted from 0 in the order in which values were first met.</summary>
    public int NumberOf(T value)
    {
        if (_numbers.TryGetValue(value, out var number)) return number;
        number = _values.Count;
        _numbers.Add(value, number);
        _values.Add(value);
        return number;
    }
}
