using ActorStack.Transport.Engines;

namespace ActorStack.Actors.Migration;

/// <summary>What a migration claims in the journal before it moves anything.</summary>
/// <param name="Epoch">The fencing token: one more than that of the claim before.</param>
internal sealed record MigrationClaim(long Epoch, Owner From, Owner To, MigrationTrigger Trigger);
