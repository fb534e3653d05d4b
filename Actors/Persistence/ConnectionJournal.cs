using Akka.Actor;

namespace ActorStack.Actors.Persistence;

/// <summary>The connections the journal of an actor system knows.</summary>
public static class ConnectionJournal
{
    /// <summary>Before the id, in the persistence id of every connection.</summary>
    public const string Prefix = "connection-";

    /// <summary>Why a connection ended whose end the service did not write: it crashed, or could not write any more.</summary>
    public const string Lost = "lost: the journal has no end of it; the service crashed, or its disk was full";

    /// <summary>Why a connection ended whose history cannot be read to the end.</summary>
    public const string Unreadable = "unknown: the journal cannot be read beyond this";

    private const int AtOnce = 64;

    /// <summary>The persistence identifier of a connection's actor.</summary>
    public static string PersistenceId(ConnectionId id) => Prefix + id.Value;

    /// <summary>With what the persistence ids of a start's connections begin.</summary>
    public static string PersistenceIdsOf(string node, long incarnation) => Prefix + ConnectionId.Prefix(node, incarnation);

    /// <summary>
    /// What became of the connections of earlier starts, those that ended last first. Those without an end get one:
    /// <see cref="Lost"/>. Of one that cannot be read, what comes before that, if anything. Call it once a start.
    /// </summary>
    /// <param name="system">The actor system whose journal is read.</param>
    /// <param name="store">The store behind the journal of the <paramref name="system"/>.</param>
    /// <param name="own">With what the persistence ids of this start begin, whose connections are left alone:
    /// <see cref="PersistenceIdsOf"/>.</param>
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
