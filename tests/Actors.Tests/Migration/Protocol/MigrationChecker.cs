using ActorStack.Actors.Migration;

namespace ActorStack.Actors.Tests.Migration.Protocol;

/// <summary>
/// Explores every order in which the protocol's inputs can come, breadth first, and answers with the shortest sequence that
/// breaks a rule.
/// </summary>
/// <param name="step">The protocol.</param>
/// <param name="lastEpoch">How many moves there are at most.</param>
internal sealed class MigrationChecker(Func<MigrationState, MigrationInput, MigrationStep> step, int lastEpoch)
{
    /// <summary>Limits that may pass until a freeze must have ended: the engine's answer, then its overdue answer.</summary>
    private const int StepsOfPatience = 8;

    private readonly WorldEvents _events = new(lastEpoch);
    private readonly Dictionary<MigrationWorld, (MigrationWorld? From, string Event)> _explored = [];
    private readonly Queue<MigrationWorld> _frontier = new();

    public int Worlds => _explored.Count;

    /// <summary>The states of the protocol that were met, by their names.</summary>
    public IEnumerable<string> StatesMet => _explored.Keys.Select(world => world.State.GetType().Name).Distinct();

    /// <summary>Null: every rule holds in every order.</summary>
    public string? FindViolation()
    {
        Meet(new MigrationWorld(), from: null, "the software stack runs the connection");
        while (_frontier.TryDequeue(out var world))
        {
            if (Explore(world) is { } violation) return violation;
        }

        return null;
    }

    private string? Explore(MigrationWorld world)
    {
        if (world.Call is OpenCall.Terminate) Meet(world with { Call = OpenCall.None }, world, "Terminate returned");
        foreach (var (name, next) in WorldEvents.EngineActions(world)) Meet(next, world, name);
        foreach (var (input, before) in _events.Inputs(world))
        {
            var trail = new List<string>();
            try
            {
                var next = Deliver(before, input, trail);
                Meet(next, world, trail[^1]);
                CheckRest(next);
                CheckFreezeEnds(next, trail);
            }
            catch (ProtocolViolationException violation)
            {
                return $"{violation.Message}{Environment.NewLine}{Sequence(world, trail)}";
            }
        }

        return world.Call is OpenCall.None ? FindStale(world) : null;
    }

    private MigrationWorld Deliver(MigrationWorld world, MigrationInput input, List<string> trail)
    {
        var (state, outputs) = step(world.State, input);
        var wanted = string.Join(", ", outputs.Select(output => output.GetType().Name));
        trail.Add($"{Describe(input)} -> {state.GetType().Name} {state.Epoch}: {wanted}");

        var next = world;
        foreach (var output in outputs) next = WorldOutputs.Apply(next, output);
        return next with { State = state };
    }

    private string? FindStale(MigrationWorld world)
    {
        foreach (var input in WorldEvents.Stale(world.State))
        {
            var (state, outputs) = step(world.State, input);
            if (state != world.State || !outputs.IsEmpty)
                return $"a stale input changes something{Environment.NewLine}{Sequence(world, [Describe(input)])}";
        }

        return null;
    }

    /// <summary>Who has the connection is whom the protocol's state names, and nobody else has anything of it.</summary>
    private static void CheckRest(MigrationWorld world)
    {
        var engines = world.AllHandles.Count(handle => world[handle].HasConnection);
        switch (world.State)
        {
            case MigrationState.Software or MigrationState.ClaimingOffload:
                Demand(world.Software is SoftwareStep.Running && !world.IsHolding, "the software stack does not go on");
                Demand(engines == 0, "an engine has a connection that runs in software");
                break;
            case MigrationState.HandingOver:
                Demand(world.Software is SoftwareStep.Frozen && world.IsHolding, "the software stack is not frozen");
                Demand(engines == 0, "an engine has a state that it was not given");
                break;
            case MigrationState.Initiating:
                Demand(world.Software is SoftwareStep.Frozen && world.IsHolding, "the software stack is not frozen");
                Demand(engines <= 1, "two engines have the connection");
                break;
            case MigrationState.Offloaded or MigrationState.ClaimingUpload:
                Demand(world.Software is SoftwareStep.Gone && !world.IsHolding && engines <= 1, "the engine does not go on");
                break;
            case MigrationState.Terminating or MigrationState.Salvaging:
                Demand(world.Software is SoftwareStep.Gone && world.IsHolding && engines <= 1, "arriving segments are not held");
                break;
            case MigrationState.Ended:
                Demand(world.Software is SoftwareStep.Gone && !world.IsHolding, "software has a connection that is over");
                Demand(engines == 0, "an engine has a connection that is over");
                Demand(world.Claimed == world.Concluded, "a move never ends");
                break;
        }

        Demand(!world.IsFenced || world.State is MigrationState.Ended, "the connection goes on although another owner has it");
        var underWay = world.Claimed & ~world.Concluded;
        var isMoving = world.State is not (MigrationState.Software or MigrationState.Offloaded or MigrationState.Ended);
        Demand(underWay == (isMoving ? 1u << (int)world.State.Epoch : 0), "a move ends without a word, or is under way unknown");
    }

    /// <summary>Commit, rollback, salvage or loss: where nobody answers any more, the limits alone end every freeze.</summary>
    private void CheckFreezeEnds(MigrationWorld world, List<string> trail)
    {
        for (var i = 0; world.IsHolding; i++)
        {
            Demand(i < StepsOfPatience, "a freeze never ends where nobody answers");
            var (input, next) = WorldEvents.Worst(world);
            Demand(input is not null || next != world, "a freeze has no limit");
            world = input is null ? next : Deliver(next, input, trail);
        }
    }

    private void Meet(MigrationWorld world, MigrationWorld? from, string name)
    {
        if (_explored.TryAdd(world, (from, name))) _frontier.Enqueue(world);
    }

    /// <summary>What led to a world and what followed, one event a line.</summary>
    private string Sequence(MigrationWorld last, IEnumerable<string> trail)
    {
        var lines = new List<string>();
        for (var world = last; world is not null; world = _explored[world].From) lines.Insert(0, _explored[world].Event);
        return string.Join(Environment.NewLine, lines.Concat(trail).Select((line, number) => $"{number}. {line}"));
    }

    private static string Describe(MigrationInput input) => input switch
    {
        MigrationInput.FromEngine told => $"{told.GetType().Name} by handle {told.Handle}",
        MigrationInput.ClaimPersisted persisted => $"ClaimPersisted {persisted.Epoch} in {persisted.State}",
        MigrationInput.Upload upload => $"Upload by {upload.Trigger}",
        _ => input.GetType().Name,
    };

    private static void Demand(bool holds, string violation)
    {
        if (!holds) throw new ProtocolViolationException(violation);
    }
}
