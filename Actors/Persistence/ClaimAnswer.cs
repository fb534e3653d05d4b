namespace ActorStack.Actors.Persistence;

/// <summary>What a store answers to a claim.</summary>
/// <param name="IsGranted">The claimant has the claimed epoch now, or a later one that it claimed since.</param>
/// <param name="Epoch">The epoch that the store has now; 0: of a connection that nobody has claimed.</param>
/// <param name="Owner">Who has it; empty: nobody.</param>
public readonly record struct ClaimAnswer(bool IsGranted, long Epoch, string Owner);
