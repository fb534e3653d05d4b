namespace ActorStack.Transport.State;

/// <summary>What one hop did to the record: every field not named here moved exactly.</summary>
/// <param name="Entries">A line for each field that did not move exactly, in the order in which they were found.</param>
public sealed record FidelityLedger(IReadOnlyList<FidelityEntry> Entries)
{
    /// <summary>The ledger without a line: every field moved exactly.</summary>
    public static FidelityLedger Exact { get; } = new([]);

    /// <summary>A copy with one line more, about a field of a section.</summary>
    public FidelityLedger With(string section, string field, Fidelity fidelity, string reason) =>
        With($"{section}.{field}", fidelity, reason);

    /// <summary>A copy with one line more, about a field by its full name.</summary>
    public FidelityLedger With(string field, Fidelity fidelity, string reason) =>
        new([.. Entries, new FidelityEntry(field, fidelity, reason)]);
}
