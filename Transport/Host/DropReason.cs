namespace ActorStack.Transport.Host;

/// <summary>Why a well-formed packet went no further; counted.</summary>
public enum DropReason : byte
{
    /// <summary>Sent to an address that is not the stack's.</summary>
    ForeignAddress,

    /// <summary>A fragment that overlaps another or cannot be of a sound packet.</summary>
    Fragment,

    /// <summary>Packets given up because their fragments did not all come in time.</summary>
    ReassemblyFailed,

    /// <summary>Packets given up because their network, or all, held as many bytes of fragments as they may.</summary>
    FragmentsPushedOut,

    /// <summary>A packet for the stack's address of a protocol other than TCP and ICMP.</summary>
    OtherProtocol,

    /// <summary>An ICMP message that nothing here acts on.</summary>
    Icmp,

    /// <summary>ICMP messages about connections, beyond the rate looked at.</summary>
    IcmpRate,

    /// <summary>Echo requests beyond the rate answered.</summary>
    EchoRate,

    /// <summary>No connection and no listener; answered with a RST where the RFC wants one.</summary>
    NoConnection,

    /// <summary>As <see cref="NoConnection"/>, beyond the rate of RSTs.</summary>
    ResetRate,

    /// <summary>
    /// Of a handshake whose connection could not be taken: the backlog of those that wait for their application is full.
    /// </summary>
    AcceptQueueFull,

    /// <summary>SYNs beyond the backlog: answered with a cookie and forgotten.</summary>
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

    /// <summary>Late segments of a flow in TIME-WAIT that want no answer.</summary>
    TimeWait,

    /// <summary>
    /// Reached a connection before its actor was ready: little is kept for one whose peer proved to be there, nothing for others.
    /// </summary>
    NotReady,

    /// <summary>Of another loop's flow, which had no room for more: it is overloaded, or gone.</summary>
    HandOverFull,

    /// <summary>More arrived during a migration than is held.</summary>
    HeldOverflow,

    /// <summary>Reading or forwarding it failed; logged.</summary>
    InternalError,
}
