namespace ActorStack.Transport.Engines;

/// <summary>The engine's own name for a connection; never reused while the engine lives.</summary>
/// <param name="Value">The number; it means something to the engine alone.</param>
public readonly record struct EngineHandle(long Value)
{
    /// <summary>The number in decimal digits.</summary>
    public override string ToString() => Value.ToString();
}
