using ActorStack.Transport.Engines;

namespace ActorStack.Actors.Migration;

/// <summary>What a migration claims in the journal before it moves anything.</summary>
/// <param name="Epoch">The fencing token: one more than that of the claim before.</param>
/// <param name="From">The owner before the move.</param>
/// <param name="To">The owner after it.</param>
/// <param name="Trigger">Who wanted the move.</param>
internal sealed record MigrationClaim(long Epoch, Owner From, Owner To, MigrationTrigger Trigger);
