using ActorStack.Transport.Tcp;

namespace ActorStack.Transport.Host;

/// <summary>A port in LISTEN (RFC 9293 section 3.10.7.2), with its backlog. Belongs to the host's thread.</summary>
public sealed class Listener
{
    private static readonly TimeSpan FastOpenMemory = TimeSpan.FromMinutes(1);

    private readonly Queue<TimeSpan> _fastOpenEnds = new();

    /// <param name="port">The local port, on every address of the host; 0 for those who open connections.</param>
    /// <param name="backlog">Connections in the handshake at most, and as many that wait for their application.</param>
    /// <param name="tcp">The settings its connections begin with.</param>
    /// <param name="receiveCapacity">The largest receive buffer of its connections, bytes: it settles the window scale.</param>
    public Listener(ushort port, int backlog, TcpSettings tcp, int receiveCapacity)
    {
        (Port, Backlog, Tcp, ReceiveCapacity) = (port, backlog, tcp, receiveCapacity);
        Accepts = new AcceptBacklog(backlog);
    }

    /// <summary>The local port, on every address of the host; 0 for those who open connections.</summary>
    public ushort Port { get; }

    /// <summary>Connections in the handshake at most: further SYNs are answered with SYN cookies, which hold no memory.</summary>
    public int Backlog { get; }

    /// <summary>The settings its connections begin with.</summary>
    public TcpSettings Tcp { get; }

    /// <summary>The largest receive buffer of its connections, bytes.</summary>
    public int ReceiveCapacity { get; }

    /// <summary>Established connections whose application has not begun.</summary>
    public AcceptBacklog Accepts { get; }

    /// <summary>Connections in the handshake.</summary>
    public int HalfOpen { get; internal set; }

    /// <summary>Of these, the connections that are served already (RFC 7413).</summary>
    public int FastOpen { get; internal set; }

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
    internal void NoteFastOpenEnd(TimeSpan now) => _fastOpenEnds.Enqueue(now);
}
