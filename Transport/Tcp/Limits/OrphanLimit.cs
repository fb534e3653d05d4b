namespace ActorStack.Transport.Tcp.Limits;

/// <summary>
/// How many connections may go on that their application has left (Linux's tcp_max_orphans): nobody is there to end those whose peers
/// take nothing. Belongs to the thread of its connections.
/// </summary>
/// <param name="maximum">Beyond, a connection that is left is reset.</param>
public sealed class OrphanLimit(int maximum)
{
    public int Maximum => maximum;

    public int Count { get; private set; }

    internal bool TryEnter()
    {
        if (Count >= maximum) return false;
        Count++;
        return true;
    }

    internal void Leave() => Count--;
}
