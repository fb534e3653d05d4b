using Akka.Dispatch;

namespace ActorStack.Actors.Migration.Handoff;

/// <summary>Lets the forwarding of a flow end, on the loop of the flow.</summary>
/// <param name="forwarded">The connection whose segments are forwarded.</param>
/// <param name="atOnce">
/// The node that had the connection is no member any more, so that its segments get a RST; otherwise the connection has ended,
/// and its last segments may still need that node.
/// </param>
internal sealed class EndOfForwarding(ForwardedConnection forwarded, bool atOnce) : IRunnable
{
    public void Run()
    {
        var (loop, entry) = (forwarded.Loop, forwarded.Entry);
        if (entry.ForwardedTo is null) return;
        if (!atOnce) entry.EndForwarding(loop.Host, loop.Stack.Now);
        else if (entry.TryForget(loop.Host)) loop.EndForwarding(entry.Flow);
    }

    /// <inheritdoc/>
    public void Execute() => Run();
}
