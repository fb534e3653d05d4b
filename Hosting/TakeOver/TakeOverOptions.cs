namespace ActorStack.Hosting;

/// <summary>
/// How a new process takes over the connections of a running one on the same machine. A member that is null has its value in
/// <c>actorstack.take-over</c> of <c>akka.hocon</c>.
/// </summary>
public sealed class TakeOverOptions
{
    /// <summary>
    /// Whether this process takes over the connections of the one that runs. Where none runs, it starts as without this option.
    /// </summary>
    public bool? Enabled { get; set; }

    /// <summary>
    /// The Unix socket on which the running process waits for the new one. Empty: the connections of this process cannot be taken
    /// over.
    /// </summary>
    public string? Socket { get; set; }

    /// <summary>
    /// The time for which the running process goes on serving the connections that cannot move, before it stops as at any other
    /// stop.
    /// </summary>
    public TimeSpan? Linger { get; set; }

    /// <summary>
    /// The time for which the start of the new process waits for the connections to move; they go on moving after it.
    /// </summary>
    public TimeSpan? Limit { get; set; }
}
