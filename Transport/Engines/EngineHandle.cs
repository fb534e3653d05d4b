namespace ActorStack.Transport.Engines;

/// <summary>The engine's own name for a connection; never reused while the engine lives.</summary>
public readonly record struct EngineHandle(long Value)
{
    public override string ToString() => Value.ToString();
}
