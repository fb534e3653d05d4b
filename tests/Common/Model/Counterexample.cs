namespace ActorStack.Tests.Common.Model;

/// <summary>A sequence of steps that breaks a rule of a model.</summary>
/// <param name="Rule">The rule, as a sentence.</param>
/// <param name="Steps">The descriptions of the steps from an initial state; no sequence with fewer steps breaks a rule.</param>
/// <param name="Settling">The descriptions of the steps after the last fault; empty where a rule broke before.</param>
public sealed record Counterexample(string Rule, IReadOnlyList<string> Steps, IReadOnlyList<string> Settling)
{
    /// <summary>The rule in the first line, then one numbered step a line.</summary>
    public override string ToString()
    {
        var lines = new List<string> { Rule };
        lines.AddRange(Steps.Select((step, index) => $"{index + 1}. {step}"));
        if (Settling.Count > 0) lines.Add("No further fault happens from here on:");
        lines.AddRange(Settling.Select((step, index) => $"{Steps.Count + index + 1}. {step}"));
        return string.Join(Environment.NewLine, lines);
    }
}
