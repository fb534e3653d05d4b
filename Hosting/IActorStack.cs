using System.Net;
using ActorStack.Actors;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration;
using ActorStack.Transport.State;

namespace ActorStack.Hosting;

/// <summary>
/// The running stack, for operators and policies in code. What cannot be done throws <see cref="ActorStackException"/>.
/// </summary>
public interface IActorStack
{
    /// <summary>Names of the engines that take part.</summary>
    IReadOnlyList<string> Engines { get; }

    /// <summary>
    /// Opens a connection from one of the stack's addresses. It moves and is listed as any other; dispose of it to end it.
    /// </summary>
    /// <exception cref="System.Net.Sockets.SocketException">
    /// The peer refused, did not answer or cannot be reached; there is no free port, no such address, or no room for more
    /// connections.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was given up before the connection was established.</exception>
    Task<Connection> ConnectAsync(IPEndPoint remote, ConnectOptions? options, CancellationToken cancellation);

    /// <summary>The connections alive; with <paramref name="ended"/> also those that are no more, newest first.</summary>
    Task<IReadOnlyList<ConnectionSnapshot>> ListConnectionsAsync(bool ended, CancellationToken cancellation);

    /// <summary>One connection, which may have ended.</summary>
    Task<ConnectionSnapshot> GetConnectionAsync(string id, CancellationToken cancellation);

    /// <summary>
    /// The figures of a living connection as <c>TCP_INFO</c> names them; in the kernel engine they are the kernel's own.
    /// </summary>
    Task<TcpStatistics> GetTcpStatisticsAsync(string id, CancellationToken cancellation);

    /// <summary>Begins or ends the event trace of a connection; the trace's path.</summary>
    Task<string> TraceAsync(string id, bool on, CancellationToken cancellation);

    /// <summary>
    /// Moves a connection into an engine. The record also tells where the engine refused and the connection stayed.
    /// </summary>
    Task<MigrationRecord> OffloadAsync(string id, string engine, CancellationToken cancellation);

    /// <summary>Takes a connection back into the software stack.</summary>
    Task<MigrationRecord> UploadAsync(string id, CancellationToken cancellation);

    /// <summary>The migrations of a connection, oldest first.</summary>
    Task<IReadOnlyList<MigrationRecord>> GetMigrationsAsync(string id, CancellationToken cancellation);

    /// <summary>Counters and limits of the stack.</summary>
    Task<StackStatistics> GetStatisticsAsync(CancellationToken cancellation);
}
