using System.Globalization;
using Akka.Configuration.Hocon;

namespace ActorStack.Hosting.Options;

/// <summary>A time from <paramref name="least"/> to <see cref="Longest"/>, with a unit such as ms.</summary>
internal sealed class TimeType(TimeSpan least) : OptionType<TimeSpan>
{
    /// <summary>It is longer than anybody waits, and far below the 49 days that a timer can count.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    private static readonly (string Unit, long Ticks)[] Units =
    [
        ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond),
    ];

    public override string Name => $"time, {Range}";

    public override string WhatToDo => $"Give a time {Range}.";

    private string Range => $"from {Write(least)} to {Write(Longest)}";

    public override TimeSpan Read(HoconValue value) => value.GetTimeSpan(allowInfinite: false);

    public override string Write(TimeSpan value)
    {
        if (value == TimeSpan.Zero) return "0s";
        var (unit, ticks) = Units.FirstOrDefault(one => value.Ticks % one.Ticks == 0);
        return unit is null
            ? string.Create(CultureInfo.InvariantCulture, $"{value.TotalMilliseconds:0}ms")
            : string.Create(CultureInfo.InvariantCulture, $"{value.Ticks / ticks}{unit}");
    }

    protected override bool Allows(TimeSpan value) => value >= least && value <= Longest;
}
