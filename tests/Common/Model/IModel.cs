namespace ActorStack.Tests.Common.Model;

/// <summary>A system with finitely many states, which a <see cref="ModelExplorer{TState, TLabel}"/> explores.</summary>
/// <typeparam name="TState">A value: equal states go on alike, and each is explored once.</typeparam>
/// <typeparam name="TLabel">Describes a step; its text is a line of a counter-example.</typeparam>
public interface IModel<TState, TLabel>
{
    /// <summary>The states in which the system may start.</summary>
    IEnumerable<TState> InitialStates { get; }

    /// <summary>
    /// Adds each step that may come next, faults of the environment too. A fault that could come for ever has a budget in the
    /// state, so that the number of states is finite. Equal states have equal steps in an equal order.
    /// </summary>
    void AddSteps(TState state, ICollection<ModelStep<TState, TLabel>> steps);

    /// <summary>The rule that the state breaks, as a sentence; null: the state breaks none.</summary>
    string? FindViolation(TState state);
}
