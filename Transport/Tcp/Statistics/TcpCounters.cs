namespace ActorStack.Transport.Tcp.Statistics;

/// <summary>The counters of all connections of one host. They belong to the thread that runs the connections.</summary>
public sealed class TcpCounters
{
    private readonly long[] _mib = new long[Enum.GetValues<TcpMib>().Length];
    private readonly long[] _ext = new long[Enum.GetValues<TcpExt>().Length];

    /// <summary>The count under a name of the TCP-MIB.</summary>
    public long this[TcpMib counter] => _mib[(int)counter];

    /// <summary>The count under a name of Linux's TcpExt.</summary>
    public long this[TcpExt counter] => _ext[(int)counter];

    /// <summary>Adds what the connections of another host counted.</summary>
    public void Add(TcpCounters other)
    {
        for (var i = 0; i < _mib.Length; i++) _mib[i] += other._mib[i];
        for (var i = 0; i < _ext.Length; i++) _ext[i] += other._ext[i];
    }

    /// <summary>Counts one event under a name of the TCP-MIB.</summary>
    public void Count(TcpMib counter) => _mib[(int)counter]++;

    /// <summary>Counts one event under a name of Linux's TcpExt.</summary>
    public void Count(TcpExt counter) => _ext[(int)counter]++;
}
