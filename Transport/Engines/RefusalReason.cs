namespace ActorStack.Transport.Engines;

/// <summary>Why an engine does not take a connection.</summary>
public enum RefusalReason : byte
{
    NoConnectionEntries,
    NoPathEntries,
    NoNeighborEntries,
    TransmitBufferExhausted,
    ReceiveBufferExhausted,
    WindowTooLarge,
    VlanMismatch,
    PathMtu,

    /// <summary>The engine cannot run a connection in this TCP state, or with this option.</summary>
    UnsupportedState,

    /// <summary>The system said no: a capability is missing or a call failed.</summary>
    SystemError,

    /// <summary>The engine did not answer in time.</summary>
    NoAnswer,
    EngineStopped,
}
