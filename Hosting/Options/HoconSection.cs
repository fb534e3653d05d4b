using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace ActorStack.Hosting.Options;

/// <summary>
/// A section of HOCON, every value of which is checked when it is read: one that is missing, malformed or out of its range throws
/// <see cref="StackStartException"/> with its key, the value and what to write.
/// </summary>
/// <param name="config">Null: the section is not there.</param>
/// <param name="path">What people know it by.</param>
internal sealed class HoconSection(Config? config, string path)
{
    /// <summary>The section that is this library's, of an actor system's HOCON.</summary>
    public static HoconSection OfStack(Config system) => new(system.GetConfig("actorstack"), "actorstack");

    public string Path => path;

    public HoconSection Section(string key) => new(Unchecked(key), $"{path}.{key}");

    /// <summary>A section whose values are checked elsewhere; null where it is not there.</summary>
    public Config? Unchecked(string key) => config?.GetValue(key) switch
    {
        null => null,
        { } value when value.IsObject() => config.GetConfig(key),
        { } value => throw new StackStartException($"{path}.{key} is '{Show(value)}'.", "Write a section, in braces."),
    };

    /// <summary>The value of an option.</summary>
    /// <exception cref="StackStartException">The value is missing, malformed or out of its range.</exception>
    public T Read<T>(StackOption<T> option) => Read(option.Key, option.Type);

    /// <summary>The value of an option, and <paramref name="otherwise"/> where there is none.</summary>
    /// <exception cref="StackStartException">The value is malformed or out of its range.</exception>
    public T Read<T>(StackOption<T> option, T otherwise) => config?.HasPath(option.Key) is true ? Read(option) : otherwise;

    private T Read<T>(string key, OptionType<T> type)
    {
        if (key.IndexOf('.') is > 0 and var dot) return Section(key[..dot]).Read(key[(dot + 1)..], type);
        var value = config?.GetValue(key);
        var whatToDo = type.WhatToDo;
        Exception? cause = null;
        try
        {
            if (value is not null)
            {
                var result = type.Read(value);
                if (type.Refuse(result) is not { } refusal) return result;
                whatToDo = refusal;
            }
        }
        catch (Exception error) when (error is FormatException or OverflowException or ArgumentException or NotSupportedException)
        {
            cause = error;
        }

        throw new StackStartException($"{path}.{key} is '{Show(value)}'.", whatToDo, cause);
    }

    private static string? Show(HoconValue? value) =>
        value?.IsArray() is true ? string.Join(", ", value.GetStringList()) : value?.GetString();
}
