namespace ActorStack.Actors.Persistence;

/// <summary>The answer of a store to a claim.</summary>
/// <param name="IsGranted">The claimant has the claimed epoch, or a later one that it has claimed since.</param>
/// <param name="Epoch">The epoch in the store; 0 for a connection without a claim.</param>
/// <param name="Owner">The owner in the store; empty: none.</param>
public readonly record struct ClaimAnswer(bool IsGranted, long Epoch, string Owner);
