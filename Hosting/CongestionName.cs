using ActorStack.Transport.Tcp.Congestion;
using Akka.Configuration;

namespace ActorStack.Hosting;

/// <summary>The name of a congestion control as the configuration has it.</summary>
internal static class CongestionName
{
    /// <summary>Null where the configuration says nothing.</summary>
    /// <exception cref="StackStartException">There is no such algorithm.</exception>
    public static string? Read(Config config, string path)
    {
        var name = config.GetString(path);
        if (name is null || CongestionControls.Names.Contains(name)) return name;
        throw new StackStartException($"{path} is '{name}'.", $"Write one of {CongestionControls.List}.");
    }
}
