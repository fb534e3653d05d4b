namespace ActorStack.Transport.Tcp.Statistics;

/// <summary>What the connections of one host count together. Belongs to the thread that runs them.</summary>
public sealed class TcpCounters
{
    private readonly long[] _mib = new long[Enum.GetValues<TcpMib>().Length];
    private readonly long[] _ext = new long[Enum.GetValues<TcpExt>().Length];

    public long this[TcpMib counter] => _mib[(int)counter];

    public long this[TcpExt counter] => _ext[(int)counter];

    /// <summary>Adds what the connections of another host counted.</summary>
    public void Add(TcpCounters other)
    {
        for (var i = 0; i < _mib.Length; i++) _mib[i] += other._mib[i];
        for (var i = 0; i < _ext.Length; i++) _ext[i] += other._ext[i];
    }

    public void Count(TcpMib counter) => _mib[(int)counter]++;

    public void Count(TcpExt counter) => _ext[(int)counter]++;
}
