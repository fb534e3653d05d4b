using Akka.Configuration.Hocon;

namespace ActorStack.Hosting.Options;

/// <summary>A list of texts.</summary>
/// <param name="name">As the documentation names the list.</param>
/// <param name="refuse">Gives the sentence that says what to give in place of an element; null where the element is
/// allowed.</param>
internal sealed class ListType(string name, Func<string, string?> refuse) : OptionType<IReadOnlyList<string>>
{
    public override string Name => name;

    public override string WhatToDo => "Write a list, in brackets.";

    public override IReadOnlyList<string> Read(HoconValue value) =>
        value.IsString() || value.IsObject()
            ? throw new NotSupportedException("The value is no list.")
            : [.. value.GetStringList()];

    public override string Write(IReadOnlyList<string> value) => $"[{string.Join(", ", value.Select(TextType.Quote))}]";

    public override string Show(IReadOnlyList<string> value) => string.Join(", ", value);

    protected override bool Allows(IReadOnlyList<string> value) => value.All(element => refuse(element) is null);

    protected override string Advise(IReadOnlyList<string> refused) => string.Join(' ', refused.Select(refuse).OfType<string>());
}
