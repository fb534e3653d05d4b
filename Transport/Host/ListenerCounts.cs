namespace ActorStack.Transport.Host;

/// <summary>
/// The handshakes of one listener, on all loops together. Changed under <see cref="HostShared.Admission"/> alone; read from any
/// thread.
/// </summary>
internal sealed class ListenerCounts
{
    private static readonly TimeSpan FastOpenMemory = TimeSpan.FromMinutes(1);

    private readonly Queue<TimeSpan> _fastOpenEnds = new();
    private int _halfOpen;

    /// <summary>Connections in the handshake.</summary>
    public int HalfOpen
    {
        get => Volatile.Read(ref _halfOpen);
        set => Volatile.Write(ref _halfOpen, value);
    }

    /// <summary>Connections in the handshake that are served already (RFC 7413).</summary>
    public int FastOpen { get; set; }

    /// <summary>
    /// Connections with Fast Open in the handshake, and those that ended in it within a minute: a RST of a host whose address is
    /// misused must not make room for the next (RFC 7413 section 5.1).
    /// </summary>
    public int PendingFastOpens(TimeSpan now)
    {
        while (_fastOpenEnds.TryPeek(out var at) && now - at > FastOpenMemory) _fastOpenEnds.Dequeue();
        return FastOpen + _fastOpenEnds.Count;
    }

    /// <summary>A connection with Fast Open ended before its handshake did.</summary>
    public void NoteFastOpenEnd(TimeSpan now) => _fastOpenEnds.Enqueue(now);
}
