namespace ActorStack.Transport.Host;

/// <summary>Why a well-formed packet went no further; counted.</summary>
public enum DropReason : byte
{
    /// <summary>Sent to an address that is not the stack's.</summary>
    ForeignAddress,

    /// <summary>A fragment that overlaps another, or cannot belong to a well-formed packet.</summary>
    Fragment,

    /// <summary>A packet that was given up because its fragments did not all arrive in time.</summary>
    ReassemblyFailed,

    /// <summary>
    /// A packet that was given up because its network, or all networks together, held as many bytes of fragments as they may.
    /// </summary>
    FragmentsPushedOut,

    /// <summary>A packet for the stack's address of a protocol other than TCP and ICMP.</summary>
    OtherProtocol,

    /// <summary>An ICMP message that the host does not act on.</summary>
    Icmp,

    /// <summary>An ICMP message about a connection, beyond the rate at which they are looked at.</summary>
    IcmpRate,

    /// <summary>An echo request, beyond the rate at which they are answered.</summary>
    EchoRate,

    /// <summary>
    /// A segment without a connection or listener; it is answered with a RST where RFC 9293 section 3.10.7.1 asks for one.
    /// </summary>
    NoConnection,

    /// <summary>As <see cref="NoConnection"/>, beyond the rate at which RSTs are sent.</summary>
    ResetRate,

    /// <summary>A segment without a connection, while another host may have the connection; it gets no answer.</summary>
    NotSettled,

    /// <summary>
    /// A segment of a handshake that cannot end: the backlog of connections that wait for their application is full.
    /// </summary>
    AcceptQueueFull,

    /// <summary>A SYN beyond the backlog: it is answered with a cookie and forgotten.</summary>
    BacklogFull,

    /// <summary>As <see cref="BacklogFull"/>, beyond the half-open connections from everywhere.</summary>
    TooManyHalfOpen,

    /// <summary>As <see cref="BacklogFull"/>, beyond the half-open connections from one source.</summary>
    TooManyHalfOpenFromSource,

    /// <summary>A SYN while the stack has as many connections as it may.</summary>
    TooManyConnections,

    /// <summary>A SYN while the buffers of all connections hold as much as they may.</summary>
    OutOfMemory,

    /// <summary>A SYN from a source that has its share of connections.</summary>
    TooManyFromSource,

    /// <summary>A late segment of a flow in TIME-WAIT that wants no answer.</summary>
    TimeWait,

    /// <summary>
    /// A segment that reached a connection before its owner was ready. Few are kept for a peer that has proved to be at its
    /// address, none for others.
    /// </summary>
    NotReady,

    /// <summary>A frame of a flow of another host that had no room for more: it is overloaded, or gone.</summary>
    HandOverFull,

    /// <summary>A frame that arrived during a migration, beyond those that are held.</summary>
    HeldOverflow,

    /// <summary>
    /// A segment of a flow that another node may have: the nodes that would know did not answer, or as many such segments are
    /// held as may be.
    /// </summary>
    OwnerUnknown,

    /// <summary>A frame that could not be read or forwarded because of a failure, which is logged.</summary>
    InternalError,
}
