using System.Globalization;
using ActorStack.Transport.Tcp.Congestion;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace ActorStack.Hosting;

/// <summary>
/// A section of HOCON, every value of which is checked when it is read: one that is missing, malformed or out of its range throws
/// <see cref="StackStartException"/> with its key, the value and what to write.
/// </summary>
/// <param name="config">Null: the section is not there.</param>
/// <param name="path">What people know it by.</param>
internal sealed class HoconSection(Config? config, string path)
{
    private const long KiB = 1024;
    private const long GiB = 1024 * 1024 * 1024;

    /// <summary>The section that is this library's, of an actor system's HOCON.</summary>
    public static HoconSection OfStack(Config system) => new(system.GetConfig("actorstack"), "actorstack");

    public string Path => path;

    public HoconSection Section(string key) => new(Unchecked(key), $"{path}.{key}");

    /// <summary>A section whose values are checked elsewhere; null where it is not there.</summary>
    public Config? Unchecked(string key) => config?.GetValue(key) switch
    {
        null => null,
        { } value when value.IsObject() => config.GetConfig(key),
        _ => throw new StackStartException($"{path}.{key} is '{Text(key)}'.", "Write a section, in braces."),
    };

    public IEnumerable<string> Texts(string key) => config?.GetStringList(key) ?? [];

    public bool Has(string key) => config?.HasPath(key) is true;

    public string? Text(string key) => config?.GetString(key);

    public string Text(string key, Func<string, bool> isAllowed, string whatToDo) =>
        Read(key, value => value.GetString() ?? "", isAllowed, whatToDo);

    public bool Switch(string key, string whatToDo = "Write on or off.") => Read(key, value => value.GetBoolean(), _ => true, whatToDo);

    public int Number(string key, ValueRange<long> range) =>
        Read(key, value => value.GetInt(), value => range.Contains(value), $"Give a value {range}.");

    public long Size(string key, ValueRange<long> range) =>
        Read(key, value => value.GetByteSize() ?? -1, range.Contains, $"Give a size from {Write(range.Least)} to {Write(range.Most)}.");

    public TimeSpan Time(string key, ValueRange<TimeSpan> range) => Read(
        key, value => value.GetTimeSpan(allowInfinite: false), range.Contains, $"Give a time from {Write(range.Least)} to {Write(range.Most)}.");

    /// <summary>One of <typeparamref name="T"/>'s names, in lower case as they are written here.</summary>
    public T Choice<T>(string key)
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>();
        return Read(
            key, value => Enum.Parse<T>(value.GetString(), ignoreCase: true),
            value => names.Contains(value.ToString()), $"Write one of {string.Join(", ", names).ToLowerInvariant()}.");
    }

    /// <summary>The name of a congestion control.</summary>
    public string Congestion(string key) =>
        Text(key, CongestionControls.Names.Contains, $"Write one of {CongestionControls.List}.");

    private T Read<T>(string key, Func<HoconValue, T> read, Func<T, bool> isAllowed, string whatToDo)
    {
        Exception? cause = null;
        try
        {
            if (config?.GetValue(key) is { } value && read(value) is var result && isAllowed(result)) return result;
        }
        catch (Exception error) when (error is FormatException or OverflowException or ArgumentException or NotSupportedException)
        {
            cause = error;
        }

        throw new StackStartException($"{path}.{key} is '{Text(key)}'.", whatToDo, cause);
    }

    /// <summary>As HOCON writes a size.</summary>
    private static string Write(long bytes) => bytes switch
    {
        >= GiB when bytes % GiB == 0 => string.Create(CultureInfo.InvariantCulture, $"{bytes / GiB}GiB"),
        >= KiB when bytes % KiB == 0 => string.Create(CultureInfo.InvariantCulture, $"{bytes / KiB}KiB"),
        _ => bytes.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>As HOCON writes a time; the ends of ranges are whole days, seconds or milliseconds.</summary>
    private static string Write(TimeSpan time) => time switch
    {
        { TotalDays: >= 1 } => $"{time.Days}d",
        { TotalSeconds: >= 1 } or { Ticks: 0 } => $"{time.Seconds}s",
        _ => $"{time.Milliseconds}ms",
    };
}
