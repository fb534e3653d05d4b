using System.Net.Sockets;
using ActorStack.Actors.Cluster;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using Akka.Actor;

namespace ActorStack.Actors;

/// <summary>
/// The messages of a <c>StackActor</c>. Every request is answered, by its answer or by a <see cref="Failed"/>.
/// </summary>
public static class StackProtocol
{
    /// <summary>Listens on a port. Answer: <see cref="Listening"/>.</summary>
    public sealed record Listen(ListenerSettings Settings) : INoSerializationVerificationNeeded;

    /// <summary>The answer to <see cref="Listen"/>.</summary>
    /// <param name="Name">The name of the service.</param>
    /// <param name="Port">The port, also where the stack chose it.</param>
    public sealed record Listening(string Name, int Port) : INoSerializationVerificationNeeded
    {
        /// <summary>The connections of a service without an application; null: the service has one.</summary>
        internal AcceptedConnections? Accepted { get; init; }
    }

    /// <summary>
    /// Closes the port of a service without an application: SYNs are refused from now on. Connections that wait can still be
    /// accepted, and those that were accepted go on. Answer: <see cref="Unbound"/>, also where the port is closed already.
    /// </summary>
    internal sealed record Unbind(AcceptedConnections Accepted) : INoSerializationVerificationNeeded;

    /// <summary>The answer to <see cref="Unbind"/>.</summary>
    internal sealed class Unbound : INoSerializationVerificationNeeded
    {
        public static Unbound Instance { get; } = new();
    }

    /// <summary>
    /// Opens a connection. Answer: <see cref="Connected"/> or <see cref="ConnectFailed"/>, however long that takes.
    /// </summary>
    public sealed record Connect(ConnectSettings Settings) : INoSerializationVerificationNeeded;

    /// <summary>
    /// The connection is established. The requester serves it and ends it by completing both sides of its pipe.
    /// </summary>
    public sealed record Connected(IConnectionContext Connection) : INoSerializationVerificationNeeded;

    /// <summary>The answer to <see cref="Connect"/> where the connection was not established.</summary>
    public sealed record ConnectFailed(SocketError Error, string Message);

    /// <summary>
    /// Lists the connections; with <paramref name="Ended"/> also ended ones, newest first. Answer:
    /// <see cref="ConnectionList"/>.
    /// </summary>
    public sealed record ListConnections(bool Ended);

    /// <summary>The answer to <see cref="ListConnections"/>.</summary>
    public sealed record ConnectionList(IReadOnlyList<ConnectionSnapshot> Connections);

    /// <summary>
    /// Lists the living connections of all nodes of the cluster. Answer: <see cref="ClusterConnectionList"/>, within some
    /// seconds, or <see cref="Failed"/>.
    /// </summary>
    public sealed record ListClusterConnections
    {
        /// <summary>The only instance.</summary>
        public static ListClusterConnections Instance { get; } = new();
    }

    /// <summary>
    /// The answer to <see cref="ListClusterConnections"/>: one entry for each node, also for one that did not answer.
    /// </summary>
    public sealed record ClusterConnectionList(IReadOnlyList<NodeConnections> Nodes);

    /// <summary>A request to one connection. The stack passes it to the connection with this id.</summary>
    public abstract record ConnectionRequest(string Id);

    /// <summary>Asks for one connection. Answer: a <see cref="ConnectionSnapshot"/>.</summary>
    public sealed record GetConnection(string Id) : ConnectionRequest(Id);

    /// <summary>
    /// Asks for the figures of the stack that runs the connection. Answer: <see cref="Transport.State.TcpStatistics"/>.
    /// </summary>
    public sealed record GetTcpStatistics(string Id) : ConnectionRequest(Id);

    /// <summary>Begins or ends the event trace of a connection. Answer: <see cref="Tracing"/>.</summary>
    public sealed record Trace(string Id, bool On) : ConnectionRequest(Id);

    /// <param name="Path">The file; empty where there was no trace to end.</param>
    public sealed record Tracing(string Path);

    /// <summary>
    /// Moves a connection into an engine. Answer: the <see cref="MigrationRecord"/>, also where the move was rolled back.
    /// </summary>
    public sealed record Offload(string Id, string Engine) : ConnectionRequest(Id);

    /// <summary>Moves a connection back into the software stack. Answer: the <see cref="MigrationRecord"/>.</summary>
    public sealed record Upload(string Id) : ConnectionRequest(Id);

    /// <summary>
    /// Hands a connection to another node. Answer: the <see cref="MigrationRecord"/>, also where the handoff was rolled back.
    /// </summary>
    public sealed record HandOff(string Id, string Node) : ConnectionRequest(Id);

    /// <summary>
    /// Hands all connections that can move to the other nodes of the cluster, a few at a time, fewest connections first. A
    /// connection that a node refuses is offered to another one once. Answer: <see cref="Drained"/>, or <see cref="Failed"/>
    /// where there is no node to take them.
    /// </summary>
    /// <param name="Node">The only node that is to take them; null: all others.</param>
    /// <param name="Limit">The time after which no further connection is moved.</param>
    /// <param name="Refuses">
    /// The node takes no new connections from now on, from peers or from other nodes, until its next start. Otherwise it goes on
    /// as before, and may get new connections meanwhile.
    /// </param>
    public sealed record Drain(string? Node, TimeSpan Limit, bool Refuses);

    /// <summary>
    /// Gives other nodes of the cluster their share: so many connections that this node has the mean of all. A node that has no
    /// more than the mean gives none. Answer: <see cref="Drained"/>, where those that were not to leave do not count, or
    /// <see cref="Failed"/>.
    /// </summary>
    /// <param name="Node">The only node that is to take connections, until it has as many as this one; null: all others.</param>
    /// <param name="Limit">The time after which no further connection is moved.</param>
    public sealed record Balance(string? Node, TimeSpan Limit);

    /// <summary>Gives connections to other nodes. Answer: as to <see cref="Balance"/>.</summary>
    /// <param name="Connections">The number of connections for each node.</param>
    /// <param name="Limit">The time after which no further connection is moved.</param>
    internal sealed record Give(IReadOnlyDictionary<string, long> Connections, TimeSpan Limit)
        : INoSerializationVerificationNeeded;

    /// <summary>The answer to <see cref="Drain"/> and <see cref="Balance"/>.</summary>
    /// <param name="Moved">The connections that other nodes have now.</param>
    /// <param name="Ended">The connections that ended meanwhile.</param>
    /// <param name="Stayed">The connections that are still here.</param>
    /// <param name="Reasons">Why connections stayed, with the number of them.</param>
    public sealed record Drained(int Moved, int Ended, int Stayed, IReadOnlyDictionary<string, int> Reasons)
    {
        /// <summary>The longest time in which no node answered the peer of a connection that moved, in microseconds.</summary>
        public double LongestBlackoutMicroseconds { get; init; }
    }

    /// <summary>Lists the migrations of a connection, oldest first. Answer: <see cref="MigrationList"/>.</summary>
    public sealed record GetMigrations(string Id) : ConnectionRequest(Id);

    /// <summary>The answer to <see cref="GetMigrations"/>.</summary>
    public sealed record MigrationList(IReadOnlyList<MigrationRecord> Migrations);

    /// <summary>Lists the engine handles with their connections. Answer: <see cref="IdentifierList"/>.</summary>
    public sealed record ListIdentifiers
    {
        /// <summary>The only instance.</summary>
        public static ListIdentifiers Instance { get; } = new();
    }

    /// <summary>A connection that an engine runs.</summary>
    public sealed record IdentifierList(IReadOnlyList<Identifier> Identifiers);

    /// <param name="ConnectionId">The connection's name.</param>
    /// <param name="Engine">The engine's name.</param>
    /// <param name="Handle">The engine's own identifier of the connection.</param>
    public sealed record Identifier(string ConnectionId, string Engine, long Handle);

    /// <summary>Asks for the counters of the stack. Answer: <see cref="StackStatistics"/>.</summary>
    public sealed record GetStatistics
    {
        /// <summary>The only instance.</summary>
        public static GetStatistics Instance { get; } = new();
    }

    /// <summary>Waits for the loss of the link. Answer: <see cref="LinkLost"/>, when the link is lost.</summary>
    public sealed record WatchLink
    {
        /// <summary>The only instance.</summary>
        public static WatchLink Instance { get; } = new();
    }

    /// <summary>
    /// The link is lost for good, and the connections have ended. The stack still answers requests and waits for
    /// <see cref="Stop"/>.
    /// </summary>
    public sealed record LinkLost(string Message);

    /// <summary>
    /// Stops the stack gracefully: listeners refuse connections, the other nodes of the cluster take the connections that can
    /// move, applications are asked to end, and engines give their connections back. Connections that remain after
    /// <paramref name="Limit"/> are reset. Answer: <see cref="Stopped"/>; then the link and the engines are disposed.
    /// </summary>
    public sealed record Stop(TimeSpan Limit)
    {
        /// <summary>
        /// The connections are not given to the other nodes of the cluster. Otherwise that takes half of the limit at most, so
        /// that the other half is left for applications to end.
        /// </summary>
        public bool KeepsConnections { get; init; }
    }

    /// <summary>
    /// The answer to <see cref="Stop"/>: the number of connections that closed by themselves, and of those that were reset.
    /// </summary>
    public sealed record Stopped(int Closed, int Reset)
    {
        /// <summary>The number of connections that other nodes have taken.</summary>
        public int Moved { get; init; }
    }

    /// <summary>The request cannot be answered.</summary>
    /// <param name="Code">The kind of the failure, for programs.</param>
    /// <param name="Message">One sentence, for people.</param>
    /// <param name="WhatToDo">Advice; empty where the code says enough.</param>
    public sealed record Failed(FailureCode Code, string Message, string WhatToDo = "");
}
