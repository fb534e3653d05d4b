namespace ActorStack.Tests.Common.Model;

/// <summary>
/// Follows every order of the settling steps, depth first. A state whose ends were all good is not followed again. A state that
/// comes again on its own path shows an order that never ends.
/// </summary>
internal sealed class ProgressChecker<TState, TLabel>(IProgressModel<TState, TLabel> model)
    where TState : IEquatable<TState>
{
    private readonly StateTable<TState> _met = new();
    private readonly HashSet<int> _path = [];
    private readonly Stack<(int Number, List<ModelStep<TState, TLabel>> Steps, int Taken)> _frames = [];

    /// <summary>The distinct states that were met.</summary>
    public int States => _met.Count;

    /// <summary>The rule that breaks, and the steps that break it; null: every order comes to a good end.</summary>
    public (string Rule, List<string> Steps)? FindViolation(TState state)
    {
        if (!_met.TryAdd(state, from: -1, out var first)) return null;
        if (Enter(first) is { } broken) return (broken, Labels());
        while (_frames.TryPop(out var frame))
        {
            if (frame.Taken == frame.Steps.Count)
            {
                _path.Remove(frame.Number);
                continue;
            }

            var next = frame.Steps[frame.Taken].Next;
            _frames.Push(frame with { Taken = frame.Taken + 1 });
            var isNew = _met.TryAdd(next, frame.Number, out var number);
            if (isNew && Enter(number) is { } rule) return (rule, Labels());
            if (!isNew && _path.Contains(number)) return ("The system never comes to rest.", Labels());
        }

        return null;
    }

    private string? Enter(int number)
    {
        var state = _met[number];
        if (model.FindViolation(state) is { } rule) return rule;
        var steps = new List<ModelStep<TState, TLabel>>();
        model.AddSettlingSteps(state, steps);
        if (steps.Count == 0) return model.FindBadEnd(state);
        _path.Add(number);
        _frames.Push((number, steps, 0));
        return null;
    }

    private List<string> Labels() => [.. _frames.Reverse().Select(frame => $"{frame.Steps[frame.Taken - 1].Label}")];
}
