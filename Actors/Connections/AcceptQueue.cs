using ActorStack.Transport.Host;

namespace ActorStack.Actors.Connections;

/// <summary>
/// The accept queue of one listener, as in listen(2): established connections that nobody serves yet. The loops add connections;
/// other threads take them.
/// </summary>
internal abstract class AcceptQueue(AcceptBacklog backlog)
{
    /// <summary>True where the queue has no room for another established connection.</summary>
    public bool IsFull => backlog.IsFull;

    /// <summary>Counts the connections that wait.</summary>
    protected AcceptBacklog Backlog => backlog;

    /// <summary>Adds a connection that is established.</summary>
    public abstract void Add(ConnectionContext connection);

    /// <summary>No further connection is admitted, because the listener is unbound or the stack stops.</summary>
    public abstract void End();
}
