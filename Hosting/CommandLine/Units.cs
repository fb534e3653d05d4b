using System.Globalization;

namespace ActorStack.CommandLine;

/// <summary>Formats figures for people.</summary>
internal static class Units
{
    public static string Bytes(long bytes) => bytes switch
    {
        < 10_000 => Invariant($"{bytes} B"),
        < 10_000_000 => Invariant($"{bytes / 1e3:0.0} kB"),
        < 10_000_000_000 => Invariant($"{bytes / 1e6:0.0} MB"),
        _ => Invariant($"{bytes / 1e9:0.00} GB"),
    };

    public static string Microseconds(double microseconds) =>
        microseconds < 1000 ? Invariant($"{microseconds:0.#} us") : Invariant($"{microseconds / 1000:0.##} ms");

    public static string Seconds(double seconds) => Invariant($"{seconds:0.0} s");

    /// <summary>Formats bytes over a time as Gbit/s of payload.</summary>
    public static string Rate(double bytesPerSecond) => Invariant($"{bytesPerSecond * 8 / 1e9:0.00} Gbit/s");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
