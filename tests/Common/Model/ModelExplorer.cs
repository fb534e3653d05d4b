namespace ActorStack.Tests.Common.Model;

/// <summary>
/// Explores every state that a model can reach, breadth first, and checks the rules in each. The first state that breaks a rule
/// is therefore as near to an initial state as any. Labels are not stored: a counter-example takes its steps once more.
/// </summary>
/// <param name="model">The system and its rules.</param>
/// <param name="maximumStates">The exploration ends incomplete where it has met this many states.</param>
public sealed class ModelExplorer<TState, TLabel>(IModel<TState, TLabel> model, int maximumStates)
    where TState : IEquatable<TState>
{
    private readonly StateTable<TState> _met = new();
    private readonly List<ModelStep<TState, TLabel>> _steps = [];
    private long _transitions;
    private int _depth;

    /// <summary>The states that were met so far, in the order of their distance from an initial state.</summary>
    public IEnumerable<TState> States => Enumerable.Range(0, _met.Count).Select(number => _met[number]);

    /// <summary>Explores the model. Called once.</summary>
    public ModelReport Explore()
    {
        foreach (var state in model.InitialStates)
        {
            if (Meet(state, from: -1) is { } violation) return Report(isComplete: false, violation);
        }

        for (int number = 0, nextLevel = _met.Count; number < _met.Count; number++)
        {
            if (number == nextLevel)
            {
                _depth++;
                nextLevel = _met.Count;
            }

            if (Expand(number) is { } violation) return Report(isComplete: false, violation);
            if (_met.Count >= maximumStates) return Report(isComplete: false, violation: null);
        }

        return model is IProgressModel<TState, TLabel> progress ? CheckProgress(progress) : Report(isComplete: true, null);
    }

    private Counterexample? Expand(int number)
    {
        _steps.Clear();
        model.AddSteps(_met[number], _steps);
        foreach (var step in _steps)
        {
            _transitions++;
            if (Meet(step.Next, number) is { } violation) return violation;
        }

        return null;
    }

    private Counterexample? Meet(TState state, int from)
    {
        if (!_met.TryAdd(state, from, out var number) || model.FindViolation(state) is not { } rule) return null;
        return new Counterexample(rule, StepsTo(number), []);
    }

    private ModelReport CheckProgress(IProgressModel<TState, TLabel> progress)
    {
        var settling = new ProgressChecker<TState, TLabel>(progress);
        for (var number = 0; number < _met.Count; number++)
        {
            if (settling.FindViolation(progress.WithoutFaults(_met[number])) is not var (rule, steps)) continue;
            return Report(isComplete: true, new Counterexample(rule, StepsTo(number), steps), settling.States);
        }

        return Report(isComplete: true, violation: null, settling.States);
    }

    private ModelReport Report(bool isComplete, Counterexample? violation, int settlingStates = 0) =>
        new(_met.Count, _transitions, _depth, settlingStates, isComplete, violation);

    private List<string> StepsTo(int number)
    {
        var labels = new List<string>();
        for (; _met.From(number) is >= 0 and var from; number = from)
        {
            _steps.Clear();
            model.AddSteps(_met[from], _steps);
            labels.Add($"{_steps.First(step => step.Next.Equals(_met[number])).Label}");
        }

        labels.Reverse();
        return labels;
    }
}
