namespace ActorStack.Transport.Host;

/// <summary>
/// Counts the connections of a listener that are established and whose application has not begun, as the backlog of listen(2)
/// does. From any thread.
/// </summary>
/// <remarks>
/// Full, it behaves as Linux's does: SYNs are dropped, and so is the acknowledgment that would complete a handshake. The SYN,ACK
/// goes again until there is room, so no connection is lost that its peer has patience for.
/// </remarks>
/// <param name="limit">Connections that may wait; one more may, as in Linux.</param>
public sealed class AcceptBacklog(int limit)
{
    private int _waiting;

    /// <summary>Connections whose application has not begun.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>No further connection may be established.</summary>
    public bool IsFull => Waiting > limit;

    /// <summary>Counts a connection that is established.</summary>
    public void Enter() => Interlocked.Increment(ref _waiting);

    /// <summary>Takes a connection out of the count, because its application began.</summary>
    public void Leave() => Interlocked.Decrement(ref _waiting);
}
