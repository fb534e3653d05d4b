using ActorStack.Actors;
using ActorStack.Actors.Connections;
using ActorStack.TestKit.Driver;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;

namespace ActorStack.TestKit;

/// <summary>One node of a <see cref="StackNetwork"/>: a stack with its handlers and their services.</summary>
public sealed class StackNode
{
    private readonly StackNetwork _network;

    internal StackNode(StackNetwork network, string name, ServiceProvider services, HostContext context, IActorRef stack)
    {
        (_network, Name, Services, Context, Stack) = (network, name, services, context, stack);
    }

    /// <summary>The name of the node.</summary>
    public string Name { get; }

    /// <summary>
    /// The services of the node, which its handlers share: for a test that looks at their state. They include
    /// <see cref="TimeProvider"/>, whose time is virtual.
    /// </summary>
    public IServiceProvider Services { get; }

    /// <summary>False after <see cref="StackNetwork.Kill"/> and <see cref="StackNetwork.StopAsync"/>.</summary>
    public bool IsRunning { get; internal set; } = true;

    internal HostContext Context { get; }

    internal IActorRef Stack { get; }

    /// <summary>Lists the living connections of the node.</summary>
    /// <exception cref="InvalidOperationException">The node does not run any more.</exception>
    public async Task<IReadOnlyList<ConnectionSnapshot>> ListConnectionsAsync()
    {
        var question = new StackProtocol.ListConnections(Ended: false);
        var answer = await _network.AskAsync<StackProtocol.ConnectionList>(
            this, question, "the list of connections", TimeSpan.Zero);
        return answer.Connections;
    }

    /// <summary>The name of the node.</summary>
    public override string ToString() => Name;
}
