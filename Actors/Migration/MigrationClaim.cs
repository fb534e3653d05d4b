using ActorStack.Transport.Engines;

namespace ActorStack.Actors.Migration;

/// <summary>The claim of ownership that a migration journals before it freezes anything.</summary>
/// <param name="Epoch">The fencing token: one more than the epoch of the previous claim.</param>
/// <param name="From">The owner before the move.</param>
/// <param name="To">The owner after it.</param>
/// <param name="Trigger">Who wanted the move.</param>
internal sealed record MigrationClaim(long Epoch, Owner From, Owner To, MigrationTrigger Trigger);
