namespace ActorStack.Transport.Tcp.Limits;

/// <summary>
/// The limit of orphans, connections that their application has left (Linux's tcp_max_orphans): nobody is there to end those
/// whose peers take nothing. Safe for any thread.
/// </summary>
/// <param name="maximum">Beyond, a connection that is left is reset.</param>
public sealed class OrphanLimit(int maximum)
{
    private int _count;

    /// <summary>The most orphans at a time.</summary>
    public int Maximum => maximum;

    /// <summary>Orphans now.</summary>
    public int Count => Volatile.Read(ref _count);

    internal bool TryEnter()
    {
        if (Interlocked.Increment(ref _count) <= maximum) return true;
        Interlocked.Decrement(ref _count);
        return false;
    }

    internal void Leave() => Interlocked.Decrement(ref _count);
}
