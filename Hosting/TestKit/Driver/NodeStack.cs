using System.Net;
using ActorStack.Actors;
using ActorStack.Actors.Cluster;
using ActorStack.Actors.Connections;
using ActorStack.Hosting;
using ActorStack.TestKit.Cluster;
using ActorStack.Transport.Tcp.Options;
using Akka.Actor;
using Akka.Configuration;

namespace ActorStack.TestKit.Driver;

/// <summary>
/// The stack of a node as its handlers get it from dependency injection. Answers have no limit, because virtual time would pass
/// it.
/// </summary>
/// <param name="node">The node in its cluster.</param>
/// <param name="settings">The settings of the stack.</param>
/// <param name="config">The configuration of the actor system.</param>
internal sealed class NodeStack(SimulatedNode node, StackSettings settings, Config config) : StackClient
{
    /// <summary>The actor of the stack, once it has started.</summary>
    public IActorRef Actor { get; set; } = ActorRefs.Nobody;

    public override IReadOnlyList<string> Engines => [.. settings.Engines.Select(engine => engine.Name)];

    public override IReadOnlyList<IPAddress> Addresses => [.. settings.Addresses.Select(address => address.ToIPAddress())];

    protected override string Node => settings.Node;

    protected override Config Config => config;

    protected override SocketOptions DefaultOptions => settings.Tcp.Options;

    public override Task<IReadOnlyList<NodeSnapshot>> ListNodesAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<NodeSnapshot>>(
            [.. node.Nodes.Select(one => new NodeSnapshot(
                one.Name, one.Incarnation, one.Address, "up", node.ConnectionsOf(one.Name), one.Name == node.Self))]);

    protected override Task<StackProtocol.Listening> ListenAsync(ListenerSettings listener, CancellationToken cancellation) =>
        AskAsync<StackProtocol.Listening>(new StackProtocol.Listen(listener), cancellation);

    protected override Task UnbindAsync(AcceptedConnections accepted) =>
        AskAsync<StackProtocol.Unbound>(new StackProtocol.Unbind(accepted), CancellationToken.None);

    protected override Task<object> AnswerWhileRunningAsync(object question) =>
        AnswerAsync(question, work: default, CancellationToken.None);

    protected override Task<object> AnswerAsync(object question, TimeSpan work, CancellationToken cancellation) =>
        Actor.Ask<object>(question, Timeout.InfiniteTimeSpan, cancellation);
}
