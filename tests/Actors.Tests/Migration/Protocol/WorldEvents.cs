using ActorStack.Actors.Migration;
using ActorStack.Transport.Engines;
using ActorStack.Transport.State;

namespace ActorStack.Actors.Tests.Migration.Protocol;

/// <summary>What can happen next in a world: what the protocol is told, and what an engine does by itself.</summary>
/// <param name="lastEpoch">No claim is wanted beyond this one, so that there is an end.</param>
internal sealed class WorldEvents(int lastEpoch)
{
    private static readonly ConnectionImage Image = new(new TcpConnectionState(), ConnectionPayload.None);
    private static readonly IOException Error = new("it failed");
    private static readonly Owner Toe = Owner.Engine("toe");

    private static readonly MigrationTrigger[] Uploads =
        [MigrationTrigger.Operator.Instance, MigrationTrigger.NoPolicyRule.Instance, new MigrationTrigger.Application("bug")];

    /// <summary>The inputs that may come now, and the world in which they do.</summary>
    public IEnumerable<(MigrationInput Input, MigrationWorld World)> Inputs(MigrationWorld world) => world.Call switch
    {
        OpenCall.None => Messages(world)
            .Where(message => !IsBeyond(world, message))
            .Select(message => (message, Before(world, message))),
        _ => Answers(world),
    };

    /// <summary>What is told too late: of another epoch than the claim's, or under another handle.</summary>
    public static IEnumerable<MigrationInput> Stale(MigrationState state)
    {
        for (var epoch = 0; epoch <= state.Epoch + 1; epoch++)
        {
            if (epoch != state.Epoch) yield return new MigrationInput.ClaimPersisted(epoch, TcpState.Established);
        }

        for (var handle = 1; handle <= 9; handle++)
        {
            if (handle == HandleOf(state)) continue;
            foreach (var told in Enum.GetValues<EngineTold>())
            {
                if (told != EngineTold.None) yield return Message(new EngineHandle(handle), told);
            }
        }
    }

    /// <summary>What each engine may do without being asked to.</summary>
    public static IEnumerable<(string Name, MigrationWorld World)> EngineActions(MigrationWorld world)
    {
        if (world.Call is not OpenCall.None) yield break;
        foreach (var handle in world.AllHandles)
        {
            var engine = world[handle];
            foreach (var next in Actions(engine))
            {
                if (next != engine) yield return ($"engine {handle}: {next.Step}, told {next.Told}", world.With(handle, next));
            }
        }
    }

    /// <summary>The answers that help least: the engine says nothing, and nothing can be salvaged.</summary>
    public static (MigrationInput? Input, MigrationWorld World) Worst(MigrationWorld world) => world.Call switch
    {
        OpenCall.Initiate => HandOver(world),
        OpenCall.Terminate => (null, world with { Call = OpenCall.None }),
        OpenCall.Salvage => (MigrationInput.NotSalvaged.Instance, world with { Call = OpenCall.None }),
        OpenCall.Reset => (new MigrationInput.ConnectionEnded(Error), world with { Call = OpenCall.None }),
        _ => (world.IsLimitArmed ? MigrationInput.LimitPassed.Instance : null, world with { IsLimitArmed = false }),
    };

    private static IEnumerable<EngineModel> Actions(EngineModel engine)
    {
        var hasAnswered = (engine.Told & (EngineTold.Initiated | EngineTold.Refused)) != 0;
        switch (engine.Step)
        {
            case EngineStep.Holding:
                if (!hasAnswered) yield return engine.Tell(EngineTold.Initiated, EngineStep.Holding);
                if (!hasAnswered) yield return engine.Tell(EngineTold.Refused, EngineStep.Out);
                yield return engine.Tell(EngineTold.Aborted, EngineStep.Out);
                break;
            case EngineStep.Active or EngineStep.Asked:
                yield return engine.Tell(EngineTold.UploadRequested, engine.Step);
                yield return engine.Tell(EngineTold.Lost, engine.Step);
                yield return engine.Tell(EngineTold.Aborted, EngineStep.Out);
                if (engine.Step is EngineStep.Active) yield break;
                yield return engine.Tell(EngineTold.Frozen, EngineStep.GivingBack);
                yield return engine.Tell(EngineTold.Terminated, EngineStep.Out);
                break;
            case EngineStep.GivingBack:
                yield return engine.Tell(EngineTold.Terminated, EngineStep.Out);
                break;
        }
    }

    private static IEnumerable<MigrationInput> Messages(MigrationWorld world)
    {
        yield return new MigrationInput.Offload(Toe, MigrationTrigger.Operator.Instance);
        foreach (var trigger in Uploads) yield return new MigrationInput.Upload(trigger);
        yield return MigrationInput.StopRequested.Instance;
        yield return new MigrationInput.ResetRequested(MigrationTrigger.ServiceStop.Instance);
        if (world.Software is SoftwareStep.Running) yield return new MigrationInput.ConnectionEnded(null);
        if (world.IsLimitArmed) yield return MigrationInput.LimitPassed.Instance;
        for (var epoch = 1; world.Claimed >> epoch != 0; epoch++)
        {
            if (!MigrationWorld.Has(world.Claimed, epoch)) continue;
            yield return new MigrationInput.ClaimPersisted(epoch, TcpState.Established);
            yield return new MigrationInput.ClaimPersisted(epoch, TcpState.LastAck);
        }

        foreach (var handle in world.AllHandles)
        {
            foreach (var told in Enum.GetValues<EngineTold>())
            {
                if (told != EngineTold.None && (world[handle].Told & told) != 0) yield return Message(handle, told);
            }
        }
    }

    private static IEnumerable<(MigrationInput Input, MigrationWorld World)> Answers(MigrationWorld world)
    {
        var answered = world with { Call = OpenCall.None };
        switch (world.Call)
        {
            case OpenCall.Initiate:
                yield return HandOver(world);
                yield return (new MigrationInput.CallFailed("it threw"), answered);
                break;
            case OpenCall.Terminate:
                yield return (new MigrationInput.CallFailed("it threw"), answered);
                break;
            case OpenCall.Salvage:
                var handle = new EngineHandle(HandleOf(world.State));
                var fenced = answered.With(handle, world[handle] with { Step = EngineStep.Out });
                if (world[handle].HasConnection) yield return (new MigrationInput.Salvaged(Image, FidelityLedger.Exact), fenced);
                yield return (MigrationInput.NotSalvaged.Instance, answered);
                yield return (MigrationInput.NotSalvaged.Instance, fenced);
                break;
            case OpenCall.Reset:
                yield return (new MigrationInput.ConnectionEnded(Error), answered);
                break;
        }
    }

    private static (MigrationInput Input, MigrationWorld World) HandOver(MigrationWorld world)
    {
        var handle = new EngineHandle(world.Handles + 1);
        var handed = world with { Call = OpenCall.None, Handles = world.Handles + 1 };
        return (new MigrationInput.HandedOver(handle), handed.With(handle, new EngineModel(EngineStep.Holding, EngineTold.None)));
    }

    private static MigrationWorld Before(MigrationWorld world, MigrationInput input) => input switch
    {
        MigrationInput.ClaimPersisted claim => world with { Persisted = MigrationWorld.With(world.Persisted, claim.Epoch) },
        MigrationInput.LimitPassed => world with { IsLimitArmed = false },
        _ => world,
    };

    private static MigrationInput Message(EngineHandle handle, EngineTold told) => told switch
    {
        EngineTold.Initiated => new MigrationInput.Initiated(handle, FidelityLedger.Exact),
        EngineTold.Refused => new MigrationInput.Refused(handle, RefusalReason.PathMtu, ""),
        EngineTold.UploadRequested => new MigrationInput.UploadRequested(handle, UploadReason.LowActivity, ""),
        EngineTold.Lost => new MigrationInput.UploadRequested(handle, UploadReason.EngineLost, ""),
        EngineTold.Frozen => new MigrationInput.Frozen(handle, 0),
        EngineTold.Terminated => new MigrationInput.Terminated(handle, Image, FidelityLedger.Exact),
        EngineTold.Aborted => new MigrationInput.Aborted(handle, Error),
        _ => throw new ArgumentOutOfRangeException(nameof(told)),
    };

    private static long HandleOf(MigrationState state) => state switch
    {
        MigrationState.Initiating initiating => initiating.Handle.Value,
        MigrationState.Offloaded offloaded => offloaded.Handle.Value,
        MigrationState.ClaimingUpload claiming => claiming.Handle.Value,
        MigrationState.Terminating terminating => terminating.Handle.Value,
        MigrationState.Salvaging salvaging => salvaging.Handle.Value,
        _ => 0,
    };

    /// <summary>It would raise the epoch beyond the last.</summary>
    private bool IsBeyond(MigrationWorld world, MigrationInput input) => world.State.Epoch >= lastEpoch && (world.State, input)
        is (MigrationState.Software, MigrationInput.Offload)
        or (MigrationState.Offloaded, MigrationInput.Upload or MigrationInput.StopRequested or MigrationInput.ResetRequested
            or MigrationInput.UploadRequested);
}
