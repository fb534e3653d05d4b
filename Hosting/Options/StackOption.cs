namespace ActorStack.Hosting.Options;

/// <summary>One option: all that is said about it, in one place.</summary>
/// <param name="key">Its key in HOCON, below the section of the table that it stands in.</param>
/// <param name="type">The values that it may have.</param>
/// <param name="initial">Its default.</param>
/// <param name="text">What it settles: whole sentences.</param>
/// <param name="inherited">The option that holds where this one is not given; null: <paramref name="initial"/> holds.</param>
internal sealed class StackOption<T>(string key, OptionType<T> type, T initial, string text, string? inherited = null)
    : OptionDescription(key, text, inherited)
{
    public OptionType<T> Type => type;

    public T Default => initial;

    public override string TypeName => type.Name;

    public override string DefaultText => type.Write(initial);

    /// <summary>The same option with fewer values.</summary>
    public StackOption<T> Narrow(OptionType<T> narrower) => new(Key, narrower, initial, Text, Inherited);

    public override string? Refuse(string name, object value) =>
        type.Refuse((T)value) is { } whatToDo ? $"{name} is '{type.Show((T)value)}'. {whatToDo}" : null;

    public override string Write(object value) => type.Write((T)value);
}
