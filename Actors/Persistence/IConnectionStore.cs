using Akka.Configuration;
using Akka.Persistence;

namespace ActorStack.Actors.Persistence;

/// <summary>
/// The database behind the journal of connections: the operations besides reading and writing events, which Akka does. A call
/// that fails throws the exception of the database's provider; <see cref="Diagnose"/> translates it for people. Any
/// thread may use it.
/// </summary>
public interface IConnectionStore
{
    /// <summary>The location as people know it: a directory, or a host and a database.</summary>
    string Location { get; }

    /// <summary>
    /// Whether several nodes use the store at the same time. Each node then reads the histories of its own earlier starts only.
    /// </summary>
    bool IsShared { get; }

    /// <summary>
    /// The HOCON that makes the store the journal of an actor system; it precedes the application's defaults.
    /// </summary>
    Config Configuration { get; }

    /// <summary>
    /// Compares and sets. A claim is granted where the connection stands at an older epoch, where the connection has no claim, or
    /// where the claim was granted before. All claims of a call are one transaction; each is granted or refused on its own.
    /// </summary>
    /// <returns>The answers, in the order of the claims.</returns>
    Task<IReadOnlyList<ClaimAnswer>> ClaimAsync(IReadOnlyList<OwnershipClaim> claims, CancellationToken cancellation = default);

    /// <summary>
    /// Finds, for each of <paramref name="events"/>, the stored event with the same persistence id and sequence number, as it
    /// was serialized. Null: the journal has no such event.
    /// </summary>
    /// <returns>The bytes of the stored events, in the order of <paramref name="events"/>.</returns>
    Task<IReadOnlyList<byte[]?>> FindAsync(
        IReadOnlyList<IPersistentRepresentation> events, CancellationToken cancellation = default);

    /// <summary>Says why the store failed, and what to do about it.</summary>
    /// <param name="error">The exception of a call or of the journal, possibly wrapped.</param>
    StorageProblem Diagnose(Exception error);

    /// <summary>
    /// Tells whether a write failed because the journal already has an event with the same persistence id and sequence number.
    /// </summary>
    bool IsDuplicate(Exception error);

    /// <summary>
    /// Finds the persistence ids that begin with <paramref name="prefix"/> but not with <paramref name="butNot"/>.
    /// </summary>
    Task<IReadOnlyList<string>> ListAsync(string prefix, string butNot, CancellationToken cancellation = default);

    /// <summary>
    /// Removes ended connections and their claims, except the <paramref name="keep"/> that ended last. Returns the number of
    /// removed events.
    /// </summary>
    Task<int> RemoveEndedAsync(int keep, CancellationToken cancellation = default);
}
