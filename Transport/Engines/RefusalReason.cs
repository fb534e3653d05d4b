namespace ActorStack.Transport.Engines;

/// <summary>Why an engine does not take a connection.</summary>
public enum RefusalReason : byte
{
    /// <summary>The engine holds as many connections as it can.</summary>
    NoConnectionEntries,

    /// <summary>The engine has no room for the route to the peer, or knows no route.</summary>
    NoPathEntries,

    /// <summary>The engine has no room for the link-layer address of the next hop.</summary>
    NoNeighborEntries,

    /// <summary>The engine has no room for the unacknowledged bytes.</summary>
    TransmitBufferExhausted,

    /// <summary>The engine has no room for received bytes.</summary>
    ReceiveBufferExhausted,

    /// <summary>The receive window is larger than the engine can announce.</summary>
    WindowTooLarge,

    /// <summary>The connection is in a VLAN that the engine does not serve.</summary>
    VlanMismatch,

    /// <summary>The engine cannot send packets of the size that the path carries.</summary>
    PathMtu,

    /// <summary>The engine cannot run a connection in this TCP state, or with this option.</summary>
    UnsupportedState,

    /// <summary>The system said no: a capability is missing or a call failed.</summary>
    SystemError,

    /// <summary>The engine did not answer in time.</summary>
    NoAnswer,

    /// <summary>The engine was stopped, or has failed for good.</summary>
    EngineStopped,
}
