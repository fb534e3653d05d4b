using System.Globalization;
using Akka.Actor;

namespace ActorStack.Actors.Persistence;

/// <summary>The connections in the journal of an actor system.</summary>
public static class ConnectionJournal
{
    /// <summary>The prefix of every connection's persistence id.</summary>
    public const string Prefix = "connection-";

    /// <summary>The reason for a connection without a stored end: the service crashed, or could not write any more.</summary>
    public const string Lost = "lost: the journal has no end of it; the service crashed, or its disk was full";

    /// <summary>The reason for a connection whose history cannot be read to its end.</summary>
    public const string Unreadable = "unknown: the journal cannot be read beyond this";

    private const int AtOnce = 64;
    private const string Arrival = "arrival";
    private const char BeforeId = '/';
    private const char BeforeEpoch = '@';

    /// <summary>The persistence id of a connection that began at this node.</summary>
    public static string PersistenceId(ConnectionId id) => Prefix + id.Value;

    /// <summary>
    /// The persistence id of a connection that came from another node: <c>connection-NODE-INCARNATION-arrival/ID@EPOCH</c>. The
    /// connection may have been here before, and every stay has a history of its own.
    /// </summary>
    /// <param name="id">The id of the connection.</param>
    /// <param name="epoch">The epoch with which the connection came, 1 or more.</param>
    /// <param name="node">The node to which it came.</param>
    /// <param name="incarnation">The number of that node's start.</param>
    public static string PersistenceId(ConnectionId id, long epoch, string node, long incarnation) => string.Create(
        CultureInfo.InvariantCulture, $"{PersistenceIdsOf(node, incarnation)}{Arrival}{BeforeId}{id.Value}{BeforeEpoch}{epoch}");

    /// <summary>The id of the connection whose history has this persistence id.</summary>
    public static string ConnectionOf(string persistenceId)
    {
        if (persistenceId.LastIndexOf(BeforeEpoch) is > 0 and var end)
            return persistenceId[(persistenceId.IndexOf(BeforeId, StringComparison.Ordinal) + 1)..end];
        return persistenceId.StartsWith(Prefix, StringComparison.Ordinal) ? persistenceId[Prefix.Length..] : persistenceId;
    }

    /// <summary>
    /// The prefix of the persistence ids of the connections of a node's start, those from other nodes included.
    /// </summary>
    public static string PersistenceIdsOf(string node, long incarnation) => Prefix + ConnectionId.Prefix(node, incarnation);

    /// <summary>
    /// Returns the histories of the connections of earlier starts, the last ended first. A connection without an end gets the
    /// end <see cref="Lost"/>. The history of an unreadable connection holds the events before the unreadable one. Call it once
    /// in a start.
    /// </summary>
    /// <param name="system">The actor system whose journal is read.</param>
    /// <param name="store">The store behind the journal of the <paramref name="system"/>.</param>
    /// <param name="node">The name of this node, or empty. In a store that several nodes share, the connections of other nodes
    /// are left alone.</param>
    /// <param name="incarnation">The number of this start, whose connections are left alone.</param>
    /// <param name="time">The clock that says when the lost connections ended.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static async Task<IReadOnlyList<ConnectionHistory>> RecoverAsync(
        ActorSystem system, IConnectionStore store, string node, long incarnation, TimeProvider time,
        CancellationToken cancellation = default)
    {
        var histories = new List<ConnectionHistory>();
        var all = store.IsShared && node.Length > 0 ? $"{Prefix}{node}-" : Prefix;
        var earlier = await store.ListAsync(all, butNot: PersistenceIdsOf(node, incarnation), cancellation).ConfigureAwait(false);
        foreach (var ids in earlier.Where(id => !store.IsShared || NodeOf(id) == node).Chunk(AtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            var read = await Task.WhenAll(ids.Select(id => ReadAsync(system, id, time.GetUtcNow()))).ConfigureAwait(false);
            histories.AddRange(read.OfType<ConnectionHistory>());
        }

        return [.. histories.OrderByDescending(history => history.EndedAt)];
    }

    /// <summary>The node at which a connection was. The name of a node may be the beginning of another's.</summary>
    private static string NodeOf(string persistenceId)
    {
        var stay = persistenceId[Prefix.Length..];
        return stay.IndexOf($"{Arrival}{BeforeId}", StringComparison.Ordinal) is >= 0 and var end
            ? new ConnectionId($"{stay[..end]}1").Node // an id needs a number
            : new ConnectionId(stay).Node;
    }

    private static Task<ConnectionHistory?> ReadAsync(ActorSystem system, string persistenceId, DateTimeOffset at)
    {
        var result = new TaskCompletionSource<ConnectionHistory?>(TaskCreationOptions.RunContinuationsAsynchronously);
        system.ActorOf(Props.Create<ConnectionEpilogue>(persistenceId, at, result).WithDeploy(Deploy.Local));
        return result.Task;
    }
}
