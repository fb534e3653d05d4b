namespace ActorStack.Tests.Common.Model;

/// <summary>
/// A model that must come to a good end from each of its states once no further fault happens. The explorer follows every order
/// of the settling steps from every state. It reports an order that never ends, and an end that is not good.
/// </summary>
/// <inheritdoc cref="IModel{TState, TLabel}"/>
public interface IProgressModel<TState, TLabel> : IModel<TState, TLabel>
{
    /// <summary>The same state with all budgets of faults used up. Many states become equal.</summary>
    TState WithoutFaults(TState state);

    /// <summary>
    /// Adds the steps that a fair environment takes from here: messages arrive, answers come, and where nothing else is left a
    /// time limit passes. No step: the system is at rest.
    /// </summary>
    void AddSettlingSteps(TState state, ICollection<ModelStep<TState, TLabel>> steps);

    /// <summary>The rule that the state breaks as a state of rest, as a sentence; null: the end is good.</summary>
    string? FindBadEnd(TState state);
}
