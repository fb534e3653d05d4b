namespace ActorStack.Transport.Tcp.Statistics;

/// <summary>The counters of the TCP-MIB that connections keep (RFC 4022 section 3), by their names there.</summary>
public enum TcpMib
{
    /// <summary>From CLOSED to SYN-SENT.</summary>
    ActiveOpens,

    /// <summary>From LISTEN to SYN-RECEIVED.</summary>
    PassiveOpens,

    /// <summary>From SYN-SENT or SYN-RECEIVED to CLOSED.</summary>
    AttemptFails,

    /// <summary>From ESTABLISHED or CLOSE-WAIT to CLOSED.</summary>
    EstabResets,
}
