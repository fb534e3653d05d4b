namespace ActorStack.Transport.State;

/// <summary>What one hop did to the record: every field not named here moved exactly.</summary>
public sealed record FidelityLedger(IReadOnlyList<FidelityEntry> Entries)
{
    public static FidelityLedger Exact { get; } = new([]);

    /// <summary>A line about a field of a section.</summary>
    public FidelityLedger With(string section, string field, Fidelity fidelity, string reason) => With($"{section}.{field}", fidelity, reason);

    public FidelityLedger With(string field, Fidelity fidelity, string reason) =>
        new([.. Entries, new FidelityEntry(field, fidelity, reason)]);
}
