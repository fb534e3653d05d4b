namespace ActorStack.Hosting;

/// <summary>
/// Bytes that the buffers of all connections together may hold, as Linux's tcp_mem, in ascending order. 0: a share of the memory
/// that the process may use; a member left null goes by <c>actorstack.limits.memory</c> in <c>akka.hocon</c>.
/// </summary>
public sealed class MemoryOptions
{
    /// <summary>Pressure ends below.</summary>
    public long? Low { get; set; }

    /// <summary>From here on windows do not grow, and are opened again by little only.</summary>
    public long? Pressure { get; set; }

    /// <summary>From here on nothing more is taken in for applications that do not read, and SYNs are dropped.</summary>
    public long? High { get; set; }

    /// <summary>
    /// Of these, bytes that IP fragments may hold while their packets are not whole; an eighth of it those of one network.
    /// </summary>
    public long? Fragments { get; set; }
}
