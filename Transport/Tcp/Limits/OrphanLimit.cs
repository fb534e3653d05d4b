namespace ActorStack.Transport.Tcp.Limits;

/// <summary>
/// The limit of orphans, connections that their application has left (Linux's tcp_max_orphans): nobody is there to end those
/// whose peers take nothing. It belongs to the thread of its connections.
/// </summary>
/// <param name="maximum">Beyond, a connection that is left is reset.</param>
public sealed class OrphanLimit(int maximum)
{
    /// <summary>The most orphans at a time.</summary>
    public int Maximum => maximum;

    /// <summary>Orphans now.</summary>
    public int Count { get; private set; }

    internal bool TryEnter()
    {
        if (Count >= maximum) return false;
        Count++;
        return true;
    }

    internal void Leave() => Count--;
}
