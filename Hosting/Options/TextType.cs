using Akka.Configuration.Hocon;

namespace ActorStack.Hosting.Options;

/// <summary>A text that <paramref name="isAllowed"/> accepts.</summary>
internal sealed class TextType(string name, string whatToDo, Func<string, bool> isAllowed) : OptionType<string>
{
    public override string Name => name;

    public override string WhatToDo => whatToDo;

    public override string Read(HoconValue value) =>
        value.IsString() ? value.GetString() : throw new NotSupportedException("The value is no text.");

    public override string Write(string value) => Quote(value);

    public override string Show(string value) => value;

    /// <summary>Writes any text as a HOCON string.</summary>
    public static string Quote(string text) => $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    protected override bool Allows(string value) => isAllowed(value);
}
