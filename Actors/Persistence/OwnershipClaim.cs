namespace ActorStack.Actors.Persistence;

/// <summary>
/// A claim to own a connection from an epoch on. A store grants it where the connection stands at an older epoch under
/// <paramref name="PreviousOwner"/>, or has no claim yet. The epochs of one owner may have gaps: an epoch that was offered to
/// another node in vain is claimed by nobody.
/// </summary>
/// <param name="Connection">The persistence id of the connection.</param>
/// <param name="Epoch">The fencing token, 1 or more.</param>
/// <param name="Owner">The claimant: a text that no other claimant uses. The same claimant may claim the same epoch
/// again.</param>
/// <param name="PreviousOwner">The current owner as far as the claimant knows.</param>
public readonly record struct OwnershipClaim(string Connection, long Epoch, string Owner, string PreviousOwner);
