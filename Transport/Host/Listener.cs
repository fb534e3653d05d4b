using ActorStack.Transport.Tcp;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Host;

/// <summary>
/// A port in LISTEN (RFC 9293 section 3.10.7.2) on one host, with its backlog. The hosts of a stack have one each, which count
/// together.
/// </summary>
public sealed class Listener
{
    /// <param name="port">The local port; 0 for those who open connections.</param>
    /// <param name="backlog">Connections in the handshake at most, and as many that wait for their application.</param>
    /// <param name="tcp">The settings its connections begin with.</param>
    /// <param name="receiveCapacity">The largest receive buffer of its connections, bytes: it settles the window scale.</param>
    public Listener(ushort port, int backlog, TcpSettings tcp, int receiveCapacity)
        : this(port, backlog, tcp, receiveCapacity, new AcceptBacklog(backlog), new ListenerCounts())
    {
    }

    private Listener(ushort port, int backlog, TcpSettings tcp, int receiveCapacity, AcceptBacklog accepts, ListenerCounts counts)
    {
        (Port, Backlog, Tcp, ReceiveCapacity) = (port, backlog, tcp, receiveCapacity);
        (Accepts, Counts) = (accepts, counts);
    }

    /// <summary>The local port; 0 for those who open connections.</summary>
    public ushort Port { get; }

    /// <summary>The only address to listen on; null: every address of the host that has no listener of its own.</summary>
    public IpAddress? Address { get; init; }

    /// <summary>Connections in the handshake at most: further SYNs are answered with SYN cookies, which hold no memory.</summary>
    public int Backlog { get; }

    /// <summary>The settings its connections begin with.</summary>
    public TcpSettings Tcp { get; }

    /// <summary>The largest receive buffer of its connections, bytes.</summary>
    public int ReceiveCapacity { get; }

    /// <summary>Established connections whose application has not begun, on all loops.</summary>
    public AcceptBacklog Accepts { get; }

    /// <summary>Connections in the handshake, on all loops.</summary>
    public int HalfOpen => Counts.HalfOpen;

    internal ListenerCounts Counts { get; }

    /// <summary>
    /// The same listener on another host: it shares the backlog, and its connections count with that host's counters.
    /// </summary>
    public Listener On(TcpHost host) =>
        new(Port, Backlog, host.Tcp with { Options = Tcp.Options }, ReceiveCapacity, Accepts, Counts) { Address = Address };
}
