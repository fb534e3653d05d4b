using Akka.Configuration.Hocon;

namespace ActorStack.Hosting.Options;

/// <summary>A value of <paramref name="type"/>, or <paramref name="word"/>, which stands for null.</summary>
/// <param name="word">As it is written.</param>
/// <param name="type">The type of all other values.</param>
/// <param name="synonyms">Words that are read as <paramref name="word"/> is.</param>
internal sealed class AlternativeType<T>(string word, OptionType<T> type, params string[] synonyms) : OptionType<T?>
    where T : struct
{
    public override string Name => $"{word}, or {type.Name}";

    public override string WhatToDo => $"Write {word}, or {char.ToLowerInvariant(type.WhatToDo[0])}{type.WhatToDo[1..]}";

    public override T? Read(HoconValue value)
    {
        var text = value.GetString();
        return text == word || synonyms.Contains(text) ? null : type.Read(value);
    }

    public override string Write(T? value) => value is { } given ? type.Write(given) : word;

    protected override bool Allows(T? value) => value is not { } given || type.Refuse(given) is null;
}
