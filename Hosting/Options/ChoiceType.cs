using Akka.Configuration.Hocon;

namespace ActorStack.Hosting.Options;

/// <summary>One of the names of <typeparamref name="T"/>, in lower case.</summary>
internal sealed class ChoiceType<T> : OptionType<T>
    where T : struct, Enum
{
    public override string Name { get; } = string.Join(", ", Enum.GetValues<T>().Select(Lower));

    public override string WhatToDo => $"Write one of {Name}.";

    public override T Read(HoconValue value) => Enum.Parse<T>(value.GetString(), ignoreCase: true);

    public override string Write(T value) => Lower(value);

    /// <summary><see cref="Enum.Parse{T}(string, bool)"/> takes any number; this refuses one that has no name.</summary>
    protected override bool Allows(T value) => Enum.IsDefined(value);

    private static string Lower(T value) => value.ToString().ToLowerInvariant();
}
