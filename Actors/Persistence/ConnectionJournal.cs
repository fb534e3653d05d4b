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

    /// <summary>
    /// The persistence id of a connection's actor. A connection that comes from another node may have been here before, and every
    /// stay has a history of its own.
    /// </summary>
    /// <param name="id">The id of the connection.</param>
    /// <param name="epoch">The epoch with which the connection came from another node; 0: it began here.</param>
    public static string PersistenceId(ConnectionId id, long epoch = 0) =>
        epoch == 0 ? Prefix + id.Value : string.Create(CultureInfo.InvariantCulture, $"{Prefix}{id.Value}@{epoch}");

    /// <summary>The prefix of the persistence ids of one start's connections.</summary>
    public static string PersistenceIdsOf(string node, long incarnation) => Prefix + ConnectionId.Prefix(node, incarnation);

    /// <summary>
    /// Returns the histories of the connections of earlier starts, the last ended first. A connection without an end gets the
    /// end <see cref="Lost"/>. The history of an unreadable connection holds the events before the unreadable one. Call it once
    /// in a start.
    /// </summary>
    /// <param name="system">The actor system whose journal is read.</param>
    /// <param name="store">The store behind the journal of the <paramref name="system"/>.</param>
    /// <param name="own">The prefix of this start's persistence ids, from <see cref="PersistenceIdsOf"/>. The connections of
    /// this start are left alone.</param>
    /// <param name="time">The clock that says when the lost connections ended.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static async Task<IReadOnlyList<ConnectionHistory>> RecoverAsync(
        ActorSystem system, IConnectionStore store, string own, TimeProvider time, CancellationToken cancellation = default)
    {
        var histories = new List<ConnectionHistory>();
        var earlier = await store.ListAsync(Prefix, butNot: own, cancellation).ConfigureAwait(false);
        foreach (var ids in earlier.Chunk(AtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            var read = await Task.WhenAll(ids.Select(id => ReadAsync(system, id, time.GetUtcNow()))).ConfigureAwait(false);
            histories.AddRange(read.OfType<ConnectionHistory>());
        }

        return [.. histories.OrderByDescending(history => history.EndedAt)];
    }

    private static Task<ConnectionHistory?> ReadAsync(ActorSystem system, string persistenceId, DateTimeOffset at)
    {
        var result = new TaskCompletionSource<ConnectionHistory?>(TaskCreationOptions.RunContinuationsAsynchronously);
        system.ActorOf(Props.Create<ConnectionEpilogue>(persistenceId, at, result).WithDeploy(Deploy.Local));
        return result.Task;
    }
}
