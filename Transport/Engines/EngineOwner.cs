using ActorStack.Transport.Host;

namespace ActorStack.Transport.Engines;

/// <summary>The owner of a flow whose connection an offload engine runs.</summary>
/// <param name="engine">The engine.</param>
/// <param name="handle">The engine's own name for the connection.</param>
/// <param name="epoch">The counter of ownership with which the engine took it.</param>
public sealed class EngineOwner(IOffloadEngine engine, EngineHandle handle, long epoch) : FlowOwner(FlowOwnerKind.Engine, epoch)
{
    /// <summary>The engine.</summary>
    public IOffloadEngine Engine => engine;

    /// <summary>The engine's own name for the connection.</summary>
    public EngineHandle Handle => handle;

    /// <inheritdoc/>
    public override string ToString() => engine.Name;
}
