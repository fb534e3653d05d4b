namespace ActorStack.Transport.State;

/// <summary>What one hop did to the record: every field not named here moved exactly.</summary>
public sealed record FidelityLedger(IReadOnlyList<FidelityEntry> Entries)
{
    public static FidelityLedger Exact { get; } = new([]);

    public FidelityLedger With(string field, Fidelity fidelity, string reason) =>
        new([.. Entries, new FidelityEntry(field, fidelity, reason)]);
}
