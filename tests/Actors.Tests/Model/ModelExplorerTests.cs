using ActorStack.Tests.Common.Model;

namespace ActorStack.Actors.Tests.Model;

/// <summary>The explorer with models whose states are few and known.</summary>
public sealed class ModelExplorerTests
{
    private const int Enough = 10_000;

    [Fact]
    public void It_meets_each_state_of_two_jugs_once_and_takes_each_step()
    {
        var explorer = new ModelExplorer<Jugs, string>(new JugModel(forbidden: -1), Enough);

        var report = explorer.Explore();

        // Of the 4 x 6 pairs the 16 with an empty or a full jug can be reached, and from each there are six steps.
        Assert.Equal((16, 16 * 6, true), (report.States, report.Transitions, report.IsComplete));
        Assert.Null(report.Counterexample);
        Assert.All(explorer.States, jugs => Assert.True(jugs.Small is 0 or 3 || jugs.Large is 0 or 5));
        Assert.Equal(16, explorer.States.Distinct().Count());
    }

    [Fact]
    public void It_finds_a_broken_rule_by_the_fewest_steps_and_names_them()
    {
        var report = new ModelExplorer<Jugs, string>(new JugModel(forbidden: 4), Enough).Explore();

        Assert.Equal(
            [
                "fill the large jug", "pour into the small jug", "empty the small jug", "pour into the small jug",
                "fill the large jug", "pour into the small jug",
            ],
            report.Counterexample!.Steps);
        Assert.StartsWith(
            $"The large jug has 4 litres.{Environment.NewLine}1. fill the large jug{Environment.NewLine}2. pour",
            report.Counterexample.ToString(), StringComparison.Ordinal);
        Assert.False(report.IsComplete);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(150)]
    public void A_fault_at_a_depth_is_found_at_that_depth(int depth)
    {
        var report = new ModelExplorer<(int, int), string>(
            new GridModel(200) { Violation = at => at.Item1 + at.Item2 == depth ? "too far" : null }, 50_000).Explore();

        Assert.Equal(depth, report.Counterexample!.Steps.Count);
        Assert.Equal("too far", report.Counterexample.Rule);
    }

    [Fact]
    public void It_exhausts_a_large_grid_with_the_exact_number_of_states_steps_and_levels()
    {
        const int Side = 400;
        var report = new ModelExplorer<(int, int), string>(new GridModel(Side), 200_000).Explore();

        Assert.Equal((Side * Side, 2L * Side * (Side - 1), 2 * (Side - 1)), (report.States, report.Transitions, report.Depth));
        Assert.True(report.IsComplete);
        Assert.Equal($"160,000 states, 319,200 transitions, depth 798, 0 settling states, all explored", report.ToString());
    }

    [Fact]
    public void A_violation_of_an_initial_state_needs_no_step()
    {
        var report = new ModelExplorer<(int, int), string>(new GridModel(3) { Violation = _ => "bad" }, Enough).Explore();

        Assert.Equal("bad", report.Counterexample!.ToString());
    }

    [Fact]
    public void An_exploration_that_meets_too_many_states_says_that_it_is_incomplete()
    {
        var report = new ModelExplorer<(int, int), string>(new GridModel(200), 1_000).Explore();

        Assert.False(report.IsComplete);
        Assert.InRange(report.States, 1_000, 1_001);
        Assert.Contains("not all explored", report.ToString());
    }

    [Fact]
    public void A_system_that_comes_to_a_good_end_from_every_state_makes_progress()
    {
        var report = new ModelExplorer<Countdown, string>(new CountdownModel(), Enough).Explore();

        Assert.Null(report.Counterexample);
        Assert.Equal((true, 6), (report.IsComplete, report.SettlingStates));
    }

    [Fact]
    public void A_bad_end_is_told_with_the_steps_to_the_last_fault_and_the_steps_after_it()
    {
        var report = new ModelExplorer<Countdown, string>(new CountdownModel { StuckAt = 3 }, Enough).Explore();

        Assert.Equal(
            ["The countdown ends at 3.", "No further fault happens from here on:", "1. from 5 to 4", "2. from 4 to 3"],
            report.Counterexample!.ToString().Split(Environment.NewLine));
    }

    [Fact]
    public void A_system_that_runs_for_ever_without_a_fault_is_told()
    {
        var report = new ModelExplorer<Countdown, string>(new CountdownModel { RepeatsFrom = 2 }, Enough).Explore();

        Assert.Equal("The system never comes to rest.", report.Counterexample!.Rule);
        Assert.Equal(["from 5 to 4", "from 4 to 3", "from 3 to 2", "from 2 to 4"], report.Counterexample.Settling);
    }

    [Fact]
    public void A_state_that_only_a_fault_reaches_must_come_to_a_good_end_too()
    {
        var report = new ModelExplorer<Countdown, string>(new CountdownModel { StuckAt = 7 }, Enough).Explore();

        Assert.Equal(["fault"], report.Counterexample!.Steps.TakeLast(1));
        Assert.Equal("The countdown ends at 7.", report.Counterexample.Rule);
    }

    private readonly record struct Jugs(int Small, int Large);

    /// <summary>A jug of 3 and one of 5 litres, which are filled, emptied and poured into each other.</summary>
    private sealed class JugModel(int forbidden) : IModel<Jugs, string>
    {
        public IEnumerable<Jugs> InitialStates => [new Jugs(0, 0)];

        public void AddSteps(Jugs state, ICollection<ModelStep<Jugs, string>> steps)
        {
            var (small, large) = state;
            var toSmall = Math.Min(large, 3 - small);
            var toLarge = Math.Min(small, 5 - large);
            steps.Add(new("fill the small jug", state with { Small = 3 }));
            steps.Add(new("fill the large jug", state with { Large = 5 }));
            steps.Add(new("empty the small jug", state with { Small = 0 }));
            steps.Add(new("empty the large jug", state with { Large = 0 }));
            steps.Add(new("pour into the small jug", new Jugs(small + toSmall, large - toSmall)));
            steps.Add(new("pour into the large jug", new Jugs(small - toLarge, large + toLarge)));
        }

        public string? FindViolation(Jugs state) =>
            state.Large == forbidden ? $"The large jug has {forbidden} litres." : null;
    }

    /// <summary>A square of which a piece goes right or up; it starts in a corner.</summary>
    private sealed class GridModel(int side) : IModel<(int, int), string>
    {
        public Func<(int, int), string?> Violation { get; init; } = _ => null;

        public IEnumerable<(int, int)> InitialStates => [(0, 0)];

        public void AddSteps((int, int) state, ICollection<ModelStep<(int, int), string>> steps)
        {
            var (x, y) = state;
            if (x < side - 1) steps.Add(new("right", (x + 1, y)));
            if (y < side - 1) steps.Add(new("up", (x, y + 1)));
        }

        public string? FindViolation((int, int) state) => Violation(state);
    }

    private readonly record struct Countdown(int Value, int Faults);

    /// <summary>It counts from 5 to 0; a fault, which may come once, starts it at 7.</summary>
    private sealed class CountdownModel : IProgressModel<Countdown, string>
    {
        public int? StuckAt { get; init; }

        public int? RepeatsFrom { get; init; }

        public IEnumerable<Countdown> InitialStates => [new Countdown(5, 1)];

        public void AddSteps(Countdown state, ICollection<ModelStep<Countdown, string>> steps)
        {
            AddSettlingSteps(state, steps);
            if (state.Faults > 0 && StuckAt == 7) steps.Add(new("fault", new Countdown(7, state.Faults - 1)));
        }

        public string? FindViolation(Countdown state) => null;

        public Countdown WithoutFaults(Countdown state) => state with { Faults = 0 };

        public void AddSettlingSteps(Countdown state, ICollection<ModelStep<Countdown, string>> steps)
        {
            if (state.Value == 0 || state.Value == StuckAt) return;
            var next = state.Value == RepeatsFrom ? 4 : state.Value - 1;
            steps.Add(new($"from {state.Value} to {next}", state with { Value = next }));
        }

        public string? FindBadEnd(Countdown state) => state.Value == 0 ? null : $"The countdown ends at {state.Value}.";
    }
}
