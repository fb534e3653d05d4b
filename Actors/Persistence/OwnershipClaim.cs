namespace ActorStack.Actors.Persistence;

/// <summary>
/// Wants to own a connection from an epoch on. A store grants it where the connection stands at the epoch before, under
/// <paramref name="PreviousOwner"/>; epoch 1 where nobody has claimed it yet.
/// </summary>
/// <param name="Connection">The persistence id of the connection.</param>
/// <param name="Epoch">The fencing token, 1 or more.</param>
/// <param name="Owner">Who wants it: a text that no other claimant has. The same claimant may claim the same epoch again.</param>
/// <param name="PreviousOwner">Who has it as far as the claimant knows.</param>
public readonly record struct OwnershipClaim(string Connection, long Epoch, string Owner, string PreviousOwner);
