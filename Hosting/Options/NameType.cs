using Akka.Configuration.Hocon;

namespace ActorStack.Hosting.Options;

/// <summary>One of <paramref name="names"/>.</summary>
internal sealed class NameType(IReadOnlyList<string> names) : OptionType<string>
{
    public override string Name => string.Join(", ", names);

    public override string WhatToDo => $"Write one of {Name}.";

    public override string Read(HoconValue value) =>
        value.IsString() ? value.GetString() : throw new NotSupportedException("The value is no text.");

    /// <summary>Quoted where it is not one of the names, since any text can be bound.</summary>
    public override string Write(string value) => names.Contains(value) ? value : TextType.Quote(value);

    public override string Show(string value) => value;

    protected override bool Allows(string value) => names.Contains(value);
}
