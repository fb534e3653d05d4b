namespace ActorStack.Hosting;

/// <summary>The use of an offload engine.</summary>
public enum EngineMode
{
    /// <summary>The engine is used where the system permits it; otherwise the reason is logged.</summary>
    Auto,

    /// <summary>The service does not start without the engine.</summary>
    Required,

    /// <summary>The engine is not used.</summary>
    Off,
}
