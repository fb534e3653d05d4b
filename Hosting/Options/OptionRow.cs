using System.Collections;

namespace ActorStack.Hosting.Options;

/// <summary>
/// A property that holds the value of one option, or null where it is not given. An empty list is not given either.
/// </summary>
internal sealed record OptionRow<TOptions>(OptionDescription Option, string Property, Func<TOptions, object?> Get)
    : IOptionRow<TOptions>
{
    public IEnumerable<string> Refuse(TOptions options, string path) =>
        Given(options) is { } value && Option.Refuse(path + Property, value) is { } refusal ? [refusal] : [];

    public IEnumerable<(string Key, string Value)> Settings(TOptions options) =>
        Given(options) is { } value ? [(Option.Key, Option.Write(value))] : [];

    private object? Given(TOptions options) => Get(options) is { } value and not ICollection { Count: 0 } ? value : null;
}
