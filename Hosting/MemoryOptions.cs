namespace ActorStack.Hosting;

/// <summary>
/// Limits on the bytes that the buffers of all connections together may hold, in ascending order, as Linux's tcp_mem. 0: a
/// share of the memory that the process may use. A member that is null has its value in <c>actorstack.limits.memory</c> of
/// <c>akka.hocon</c>.
/// </summary>
public sealed class MemoryOptions
{
    /// <summary>Memory pressure ends below this limit.</summary>
    public long? Low { get; set; }

    /// <summary>Memory pressure begins at this limit: windows do not grow, and reopen only by small steps.</summary>
    public long? Pressure { get; set; }

    /// <summary>From this limit on, payload for applications that do not read is refused, and SYNs are dropped.</summary>
    public long? High { get; set; }

    /// <summary>
    /// The part of these bytes that IP fragments may hold while their packets are incomplete; one network may hold an eighth of
    /// it.
    /// </summary>
    public long? Fragments { get; set; }
}
