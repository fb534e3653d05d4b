using System.Runtime.CompilerServices;

namespace ActorStack.Hosting.Options;

/// <summary>The options that the properties of <typeparamref name="TOptions"/> hold.</summary>
internal sealed class OptionTable<TOptions>
{
    private readonly List<IOptionRow<TOptions>> _rows = [];
    private readonly List<OptionSection> _sections = [];

    /// <summary>In the order of the documentation.</summary>
    public IReadOnlyList<IOptionRow<TOptions>> Rows => _rows;

    public IReadOnlyList<OptionSection> Sections => _sections;

    /// <summary>Says what the options below <paramref name="key"/>, which are added next, have in common.</summary>
    public void Describe(string key, string text) => _sections.Add(new OptionSection(key, text));

    /// <summary>Adds an option.</summary>
    /// <param name="key">Its key in HOCON.</param>
    /// <param name="type">The values that it may have.</param>
    /// <param name="initial">Its default.</param>
    /// <param name="text">What it settles: whole sentences.</param>
    /// <param name="get">The property that holds its value, null where it is not given.</param>
    /// <param name="inherited">The option that holds where this one is not given; null: the default holds.</param>
    /// <param name="property">Made by the compiler from <paramref name="get"/>.</param>
    public StackOption<T> Add<T>(
        string key, OptionType<T> type, T initial, string text, Func<TOptions, object?> get, string? inherited = null,
        [CallerArgumentExpression(nameof(get))] string property = "")
    {
        var option = new StackOption<T>(key, type, initial, text, inherited);
        _rows.Add(new OptionRow<TOptions>(option, Path(property), get));
        return option;
    }

    public void Add(IOptionRow<TOptions> row) => _rows.Add(row);

    /// <inheritdoc cref="IOptionRow{TOptions}.Refuse"/>
    public IEnumerable<string> Refuse(TOptions options, string path = "") => _rows.SelectMany(row => row.Refuse(options, path));

    /// <inheritdoc cref="IOptionRow{TOptions}.Settings"/>
    public IEnumerable<(string Key, string Value)> Settings(TOptions options) => _rows.SelectMany(row => row.Settings(options));

    /// <summary>The property path of a lambda: <c>Limits:Memory</c> of <c>options => options.Limits.Memory</c>.</summary>
    private static string Path(string lambda) => lambda[(lambda.IndexOf('.') + 1)..].Replace('.', ':');
}
