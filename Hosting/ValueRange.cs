namespace ActorStack.Hosting;

/// <summary>The values that an option may have, both ends included.</summary>
internal readonly record struct ValueRange<T>(T Least, T Most)
    where T : struct, IComparable<T>
{
    public bool Contains(T value) => value.CompareTo(Least) >= 0 && value.CompareTo(Most) <= 0;

    public override string ToString() => $"from {Least} to {Most}";
}
