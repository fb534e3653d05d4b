using ActorStack.Hosting.Options;

namespace ActorStack.Hosting.TakeOver;

/// <summary>The options of the take-over, read and checked.</summary>
/// <param name="IsEnabled">This process takes over the connections of the one that runs.</param>
/// <param name="Path">The socket; empty: there is none.</param>
/// <param name="Linger">As <see cref="TakeOverOptions.Linger"/>.</param>
/// <param name="Limit">As <see cref="TakeOverOptions.Limit"/>.</param>
internal sealed record TakeOverSettings(bool IsEnabled, string Path, TimeSpan Linger, TimeSpan Limit)
{
    /// <exception cref="StackStartException">An option is not valid, or two exclude each other.</exception>
    public static TakeOverSettings Read(HoconSection stack)
    {
        var settings = new TakeOverSettings(
            stack.Read(StackOptionTable.TakeOverEnabled), stack.Read(StackOptionTable.TakeOverSocket),
            stack.Read(StackOptionTable.TakeOverLinger), stack.Read(StackOptionTable.TakeOverLimit));
        if (!settings.IsEnabled) return settings;
        if (settings.Path.Length == 0)
        {
            throw new StackStartException(
                $"{stack.Path}.take-over.socket is empty, so that no running process can be found.",
                "Give the socket that the running process has, ActorStack:TakeOver:Socket in the configuration.");
        }

        if (!stack.Read(StackOptionTable.ClusterEnabled)) return settings;
        throw new StackStartException(
            "A node of a cluster cannot take over the connections of another process.",
            "Let its connections move to the other nodes: actorstack drain, or a stop. Or start without a cluster.");
    }
}
