using ActorStack.Transport.Engines;

namespace ActorStack.Actors.Migration;

/// <summary>The claim of ownership that a migration journals before it freezes anything.</summary>
/// <param name="Epoch">The fencing token: one more than the epoch of the previous claim.</param>
internal sealed record MigrationClaim(long Epoch, Owner From, Owner To, MigrationTrigger Trigger);
