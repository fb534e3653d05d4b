using Akka.Dispatch;

namespace ActorStack.Actors.Migration.Handoff;

/// <summary>Lets the forwarding of a flow end, on the loop of the flow.</summary>
/// <param name="forwarded">The connection.</param>
/// <param name="isLost">
/// The node that had the connection is gone: the next segment of the flow is answered with a RST. Otherwise the connection has
/// ended, and the flow is forwarded for the length of TIME-WAIT more.
/// </param>
internal sealed class EndOfForwarding(ForwardedConnection forwarded, bool isLost) : IRunnable
{
    public void Run()
    {
        var loop = forwarded.Loop;
        if (forwarded.Entry.ForwardedTo is null) return;
        if (!isLost)
        {
            forwarded.Entry.EndForwarding(loop.Host, loop.Stack.Now);
            return;
        }

        forwarded.Entry.DropForwarding(loop.Host);
        loop.Stack.Forwarder?.EndForwarding(forwarded.Entry.Flow);
    }

    /// <inheritdoc/>
    public void Execute() => Run();
}
