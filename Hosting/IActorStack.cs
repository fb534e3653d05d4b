using System.Net;
using ActorStack.Actors;
using ActorStack.Actors.Cluster;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using ActorStack.Transport.State;
using ConnectionContext = Microsoft.AspNetCore.Connections.ConnectionContext;

namespace ActorStack.Hosting;

/// <summary>
/// The running stack, for operators and policies in code. A request that cannot be carried out throws
/// <see cref="ActorStackException"/>.
/// </summary>
public interface IActorStack
{
    /// <summary>The names of the engines in use.</summary>
    IReadOnlyList<string> Engines { get; }

    /// <summary>The addresses of the stack; empty before it has started.</summary>
    IReadOnlyList<IPAddress> Addresses { get; }

    /// <summary>
    /// Listens on a port from now on, beside the services of the registered handlers. Dispose the listener to end it.
    /// </summary>
    /// <param name="name">The service's name in lists, logs and the configuration (<c>services.NAME</c>).</param>
    /// <param name="endPoint">
    /// One of the stack's addresses, or <see cref="IPAddress.Any"/> or <see cref="IPAddress.IPv6Any"/> for all of both versions;
    /// and a port, 0 for one that the stack chooses.
    /// </param>
    /// <param name="options">
    /// The options of its connections; null: the configured ones. <see cref="ListenerOptions.Concurrency"/> has no meaning here,
    /// because the caller accepts as many connections as it likes.
    /// </param>
    /// <param name="cancellation">Ends the wait for the answer.</param>
    /// <exception cref="ActorStackException">
    /// The port is in use (<see cref="FailureCode.PortInUse"/>), the address is not the stack's
    /// (<see cref="FailureCode.UnknownAddress"/>), or the stack does not run (<see cref="FailureCode.Stopping"/>).
    /// </exception>
    Task<ConnectionListener> ListenAsync(
        string name, IPEndPoint endPoint, ListenerOptions? options, CancellationToken cancellation);

    /// <summary>
    /// Opens a connection from one of the stack's addresses. The connection moves and is listed as any other; dispose it to end
    /// it.
    /// </summary>
    /// <exception cref="System.Net.Sockets.SocketException">
    /// The peer refused, did not answer or cannot be reached; there is no free port, no such address, or no room for more
    /// connections.
    /// </exception>
    /// <exception cref="OperationCanceledException">The attempt was cancelled before the connection was
    /// established.</exception>
    Task<ConnectionContext> ConnectAsync(IPEndPoint remote, ConnectOptions? options, CancellationToken cancellation);

    /// <summary>Lists the living connections; with <paramref name="ended"/> also ended ones, newest first.</summary>
    Task<IReadOnlyList<ConnectionSnapshot>> ListConnectionsAsync(bool ended, CancellationToken cancellation);

    /// <summary>
    /// Lists the living connections of all nodes of the cluster. A node that does not answer within some seconds has an entry
    /// that says so.
    /// </summary>
    Task<IReadOnlyList<NodeConnections>> ListClusterConnectionsAsync(CancellationToken cancellation);

    /// <summary>Returns one connection, which may have ended.</summary>
    Task<ConnectionSnapshot> GetConnectionAsync(string id, CancellationToken cancellation);

    /// <summary>
    /// Returns the figures of a living connection, as <c>TCP_INFO</c> names them; in the kernel engine they are the kernel's
    /// own.
    /// </summary>
    Task<TcpStatistics> GetTcpStatisticsAsync(string id, CancellationToken cancellation);

    /// <summary>Begins or ends the event trace of a connection, and returns the path of the trace.</summary>
    Task<string> TraceAsync(string id, bool on, CancellationToken cancellation);

    /// <summary>
    /// Moves a connection into an engine. Where the engine refuses and the connection stays, the record says so.
    /// </summary>
    Task<MigrationRecord> OffloadAsync(string id, string engine, CancellationToken cancellation);

    /// <summary>Moves a connection back into the software stack.</summary>
    Task<MigrationRecord> UploadAsync(string id, CancellationToken cancellation);

    /// <summary>
    /// Hands a connection to another node of the cluster. Where that node refuses and the connection stays, the record says so.
    /// </summary>
    Task<MigrationRecord> HandOffAsync(string id, string node, CancellationToken cancellation);

    /// <summary>
    /// Hands all connections that can move to the other nodes of the cluster, and tells how many went and why others stayed.
    /// </summary>
    Task<StackProtocol.Drained> DrainAsync(DrainOptions options, CancellationToken cancellation);

    /// <summary>
    /// Gives other nodes of the cluster so many connections that this node has the mean of all. A node that has no more than the
    /// mean gives none.
    /// </summary>
    /// <param name="node">The only node that is to take connections, until it has as many as this one; null: all others.</param>
    /// <param name="cancellation">Ends the wait for the answer.</param>
    Task<StackProtocol.Drained> BalanceAsync(string? node, CancellationToken cancellation);

    /// <summary>Lists the migrations of a connection, oldest first.</summary>
    Task<IReadOnlyList<MigrationRecord>> GetMigrationsAsync(string id, CancellationToken cancellation);

    /// <summary>Lists the nodes of the cluster as this one sees them; without a cluster, this one.</summary>
    Task<IReadOnlyList<NodeSnapshot>> ListNodesAsync(CancellationToken cancellation);

    /// <summary>Returns the counters and limits of the stack.</summary>
    Task<StackStatistics> GetStatisticsAsync(CancellationToken cancellation);
}
