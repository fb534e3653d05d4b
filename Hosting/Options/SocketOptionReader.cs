using ActorStack.Transport.Tcp.Options;
using Akka.Configuration;

namespace ActorStack.Hosting.Options;

/// <summary>Reads socket options by the names of <see cref="SocketOptionTable"/> from HOCON.</summary>
internal static class SocketOptionReader
{
    private static readonly Dictionary<string, SocketOptionRow> Rows = SocketOptionTable.Rows.ToDictionary(row => row.Option.Key);

    /// <summary>The names for people.</summary>
    public static string Names => string.Join(", ", Rows.Keys);

    /// <param name="options">What they change.</param>
    /// <param name="config">Null: nothing is changed.</param>
    /// <param name="where">What people know <paramref name="config"/> by.</param>
    /// <exception cref="StackStartException">There is no such option, or its value is out of its range.</exception>
    public static SocketOptions Apply(SocketOptions options, Config? config, string where)
    {
        if (config is null || config.IsEmpty) return options;
        var section = new HoconSection(config, where);
        foreach (var (key, _) in config.AsEnumerable())
        {
            if (!Rows.TryGetValue(key, out var row))
                throw new StackStartException($"{where} has no option '{key}'.", $"Give one of {Names}.");
            options = row.Apply(options, section);
        }

        return options;
    }
}
