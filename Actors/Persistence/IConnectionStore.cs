using Akka.Configuration;
using Akka.Persistence;

namespace ActorStack.Actors.Persistence;

/// <summary>
/// The database behind the journal of connections: what it does besides the writing and reading of events, which are Akka's. A call that
/// fails throws what the database's provider throws; <see cref="StorageProblem"/> says what people can do about it. Safe for any thread.
/// </summary>
public interface IConnectionStore
{
    /// <summary>Where it is, as people know it: a directory, or a host and a database.</summary>
    string Location { get; }

    /// <summary>The HOCON that makes the store the journal of an actor system; goes before the application's defaults.</summary>
    Config Configuration { get; }

    /// <summary>
    /// Compares and sets: grants each claim whose connection stands at the epoch before the claimed one, under the owner that the claim
    /// names as the previous one, and a claim that was granted before. All claims of a call are one transaction; each is granted or
    /// refused by itself.
    /// </summary>
    /// <returns>An answer to each claim, in their order.</returns>
    Task<IReadOnlyList<ClaimAnswer>> ClaimAsync(IReadOnlyList<OwnershipClaim> claims, CancellationToken cancellation = default);

    /// <summary>
    /// The event that the journal has under the persistence id and the number of each of <paramref name="events"/>, as it was serialized.
    /// Null: the journal has none.
    /// </summary>
    /// <returns>The bytes of an event for each, in their order.</returns>
    Task<IReadOnlyList<byte[]?>> FindAsync(IReadOnlyList<IPersistentRepresentation> events, CancellationToken cancellation = default);

    /// <summary>Whether a write failed because the journal has an event of the same connection and number already.</summary>
    bool IsDuplicate(Exception error);

    /// <summary>Persistence ids that begin with <paramref name="prefix"/> and not with <paramref name="butNot"/>.</summary>
    Task<IReadOnlyList<string>> ListAsync(string prefix, string butNot, CancellationToken cancellation = default);

    /// <summary>Removes ended connections and their claims but for the <paramref name="keep"/> that ended last. Returns how many events went.</summary>
    Task<int> RemoveEndedAsync(int keep, CancellationToken cancellation = default);
}
