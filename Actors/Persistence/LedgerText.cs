using System.Text.RegularExpressions;
using ActorStack.Transport.State;

namespace ActorStack.Actors.Persistence;

/// <summary>
/// The text form of a fidelity ledger in the journal: entries <c>Field: Lost: reason</c>, separated by <c>; </c>. A reason may
/// contain that separator.
/// </summary>
internal static partial class LedgerText
{
    public static string Format(IEnumerable<FidelityEntry> entries) =>
        string.Join("; ", entries.Select(entry => $"{entry.Field}: {entry.Fidelity}: {entry.Reason}"));

    public static IReadOnlyList<FidelityEntry> Parse(string text) =>
        [.. Entry().Matches(text).Select(match => new FidelityEntry(
            match.Groups["field"].Value, Enum.Parse<Fidelity>(match.Groups["fidelity"].Value), match.Groups["reason"].Value))];

    [GeneratedRegex(
        @"(?:^|; )(?<field>\w+): (?<fidelity>Exact|Approximate|Lost): (?<reason>.*?)(?=; \w+: (?:Exact|Approximate|Lost): |$)",
        RegexOptions.Singleline)]
    private static partial Regex Entry();
}
