namespace ActorStack.Hosting.Options;

/// <summary>An option as its documentation shows it, without the type of its value.</summary>
/// <param name="key">Its key in HOCON, below the section of the table that it stands in.</param>
/// <param name="text">What it settles: whole sentences.</param>
/// <param name="inherited">The option that holds where this one is not given; null: its own default holds.</param>
internal abstract class OptionDescription(string key, string text, string? inherited)
{
    public string Key => key;

    public string Text => text;

    public string? Inherited => inherited;

    /// <summary>The type of its value, and the range.</summary>
    public abstract string TypeName { get; }

    /// <summary>The default as HOCON.</summary>
    public abstract string DefaultText { get; }

    /// <summary>
    /// Null where the option may have <paramref name="value"/>, else the sentences that say so, and what to give.
    /// </summary>
    /// <param name="name">What people know the option by.</param>
    /// <param name="value">A value of the option's type.</param>
    public abstract string? Refuse(string name, object value);

    /// <summary>Writes a value of the option as HOCON.</summary>
    public abstract string Write(object value);
}
