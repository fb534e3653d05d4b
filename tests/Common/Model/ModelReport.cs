using System.Globalization;

namespace ActorStack.Tests.Common.Model;

/// <summary>The result of an exploration.</summary>
/// <param name="States">The distinct states that were met.</param>
/// <param name="Transitions">The steps that were taken, also those to states that were known.</param>
/// <param name="Depth">The steps to the state that is farthest from an initial state.</param>
/// <param name="SettlingStates">The distinct states that were met while the system came to rest.</param>
/// <param name="IsComplete">Each state was explored. False where a rule broke or the limit of states was reached.</param>
/// <param name="Counterexample">The shortest sequence that breaks a rule; null: none was found.</param>
public sealed record ModelReport(
    int States, long Transitions, int Depth, int SettlingStates, bool IsComplete, Counterexample? Counterexample)
{
    /// <summary>The figures, and the counter-example where there is one.</summary>
    public override string ToString()
    {
        var figures = string.Create(
            CultureInfo.InvariantCulture,
            $"{States:N0} states, {Transitions:N0} transitions, depth {Depth}, {SettlingStates:N0} settling states");
        var end = IsComplete ? "all explored" : "not all explored";
        return Counterexample is null ? $"{figures}, {end}" : $"{figures}, {end}{Environment.NewLine}{Counterexample}";
    }
}
