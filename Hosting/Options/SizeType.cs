using System.Globalization;
using System.Numerics;
using Akka.Configuration.Hocon;

namespace ActorStack.Hosting.Options;

/// <summary>
/// A number of bytes from <paramref name="least"/> to <paramref name="most"/>, with or without a unit such as KiB.
/// </summary>
internal sealed class SizeType<T>(T least, T most) : OptionType<T>
    where T : IBinaryInteger<T>
{
    private static readonly (string Unit, long Bytes)[] Units = [("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10)];

    public override string Name => $"size, {Range}";

    public override string WhatToDo => $"Give a size {Range}.";

    private string Range => $"from {Write(least)} to {Write(most)}";

    public override T Read(HoconValue value) =>
        T.CreateChecked(value.GetByteSize() ?? throw new FormatException($"'{value}' is not a size."));

    public override string Write(T value)
    {
        var bytes = long.CreateChecked(value);
        var (unit, unitBytes) = Units.FirstOrDefault(one => bytes >= one.Bytes && bytes % one.Bytes == 0, ("", 1));
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / unitBytes}{unit}");
    }

    protected override bool Allows(T value) => value >= least && value <= most;
}
