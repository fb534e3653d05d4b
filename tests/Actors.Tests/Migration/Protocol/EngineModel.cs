namespace ActorStack.Actors.Tests.Migration.Protocol;

/// <summary>One handle of an engine.</summary>
internal readonly record struct EngineModel(EngineStep Step, EngineTold Told)
{
    public bool Emits => Step is EngineStep.Active or EngineStep.Asked;

    public bool HasConnection => Step is not (EngineStep.Unused or EngineStep.Out);

    public EngineModel Tell(EngineTold told, EngineStep next) => new(next, Told | told);
}
