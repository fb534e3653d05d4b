namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>Ends of a list of runs linked by their indices, and where the last one was put in: the next comes near.</summary>
internal struct RunList()
{
    public const int None = -1;

    public int First = None;
    public int Last = None;
    public int Recent = None;
}
