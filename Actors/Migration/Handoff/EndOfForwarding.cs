using Akka.Dispatch;

namespace ActorStack.Actors.Migration.Handoff;

/// <summary>Lets the forwarding of a flow end, on the loop of the flow.</summary>
internal sealed class EndOfForwarding(ForwardedConnection forwarded) : IRunnable
{
    public void Run()
    {
        var loop = forwarded.Loop;
        if (forwarded.Entry.ForwardedTo is not null) forwarded.Entry.EndForwarding(loop.Host, loop.Stack.Now);
    }

    /// <inheritdoc/>
    public void Execute() => Run();
}
