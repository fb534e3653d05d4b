namespace ActorStack.Actors.Persistence;

/// <summary>
/// A claim to own a connection from an epoch on. A store grants it where the connection stands at an older epoch, or has no claim
/// yet. A claimant always claims an epoch later than the one that it owns, or that the owner has offered to it, so that the
/// comparison of epochs finds every claimant whose knowledge is stale. The epochs of one owner may have gaps: an epoch that was
/// offered to another node in vain is used by nobody.
/// </summary>
/// <param name="Connection">The id of the connection, the same on all nodes.</param>
/// <param name="Epoch">The fencing token, 1 or more.</param>
/// <param name="Owner">The claimant: a text that no other claimant uses. The same claimant may claim the same epoch
/// again.</param>
/// <param name="PersistenceId">The claimant's history in the journal. The claim leaves the store together with the
/// history.</param>
public readonly record struct OwnershipClaim(string Connection, long Epoch, string Owner, string PersistenceId);
