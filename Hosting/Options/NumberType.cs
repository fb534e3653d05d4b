using System.Globalization;
using System.Numerics;
using Akka.Configuration.Hocon;

namespace ActorStack.Hosting.Options;

/// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>.</summary>
internal sealed class NumberType<T>(T least, T most) : OptionType<T>
    where T : IBinaryInteger<T>
{
    public override string Name => $"number, {Range}";

    public override string WhatToDo => $"Give a value {Range}.";

    private string Range => $"from {Write(least)} to {Write(most)}";

    public override T Read(HoconValue value) => T.CreateChecked(value.GetInt());

    public override string Write(T value) => value.ToString(null, CultureInfo.InvariantCulture);

    protected override bool Allows(T value) => value >= least && value <= most;
}
