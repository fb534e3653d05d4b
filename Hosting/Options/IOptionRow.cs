namespace ActorStack.Hosting.Options;

/// <summary>How a property of <typeparamref name="TOptions"/> is checked and written as HOCON.</summary>
internal interface IOptionRow<TOptions>
{
    /// <summary>The property as configuration names it, for example <c>Limits:Memory:High</c>.</summary>
    string Property { get; }

    /// <summary>The sentences that say which values are not allowed, and what to give.</summary>
    /// <param name="options">Whose values are checked.</param>
    /// <param name="path">Where configuration has <paramref name="options"/>: empty, or with a colon at its end.</param>
    IEnumerable<string> Refuse(TOptions options, string path);

    /// <summary>The keys and values that were given, as HOCON.</summary>
    IEnumerable<(string Key, string Value)> Settings(TOptions options);
}
