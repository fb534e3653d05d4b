using ActorStack.Actors;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using ActorStack.Actors.Tests.Support.Cluster;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Wire;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace ActorStack.Hosting.Tests.Movable;

/// <summary>Nodes whose service is a connection handler, in virtual time.</summary>
public abstract class HandlerClusterTest : ClusterTest
{
    private static readonly string[] All = ["a", "b", "c"];

    /// <summary>The node that has the connection, as far as the test has moved it.</summary>
    private protected string Owner { get; private set; } = "a";

    private protected static ListenerSettings Listener<THandler>()
        where THandler : ConnectionHandler
    {
        var services = new ServiceCollection().AddScoped<THandler>();
        var registration = new ConnectionHandlerRegistration(
            "handler", EchoPort, typeof(THandler), new ListenerOptions(), services);
        return registration.ToListenerSettings(
            stack: null!, services.BuildServiceProvider(), HostingReference.Defaults, SocketOptions.Default);
    }

    private protected void StartNodes<THandler>()
        where THandler : ConnectionHandler => StartNodes(Listener<THandler>(), All);

    /// <summary>Moves the connection to the next node.</summary>
    private protected void MoveOn()
    {
        var target = All[(Array.IndexOf(All, Owner) + 1) % All.Length];
        var record = HandOff(Owner, target);
        Assert.True(record.Outcome == MigrationOutcome.Completed, $"{record.Outcome}: {record.Detail}");
        Owner = target;
    }

    /// <summary>Asks for a move to the node, which is declined.</summary>
    private protected string Declined(string node)
    {
        var id = Assert.Single(ConnectionsOf(Owner)).Id;
        return AskNode<StackProtocol.Failed>(Owner, new StackProtocol.HandOff(id, node)).Message;
    }

    private protected void AssertNoReset() =>
        Assert.DoesNotContain(Fabric.Sent, segment => (segment.Flags & TcpFlags.Rst) != 0);
}
