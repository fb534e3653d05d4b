namespace ActorStack.Hosting;

/// <summary>Whether an offload engine takes part.</summary>
public enum EngineMode
{
    /// <summary>Where the system permits it; its absence is logged with the reason.</summary>
    Auto,

    /// <summary>The service does not start without it.</summary>
    Required,

    /// <summary>It takes no part.</summary>
    Off,
}
