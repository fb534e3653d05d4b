namespace ActorStack.Transport.Engines;

/// <summary>Why a connection leaves an engine: NDIS TCP Chimney's reasons, and those of this project's owners.</summary>
public enum UploadReason : byte
{
    /// <summary>A policy or the operator asked for it.</summary>
    UploadRequested,

    /// <summary>The device found a fault in itself.</summary>
    HardwareFailure,

    /// <summary>The connection entered a TCP state that the engine does not run.</summary>
    InvalidState,

    /// <summary>The peer sent urgent data, which the engine does not handle.</summary>
    ReceivedUrgentData,

    /// <summary>The same data timed out too often.</summary>
    TimeoutExpiration,

    /// <summary>Too many of the sent segments were retransmissions.</summary>
    HighDropRate,

    /// <summary>Too many packets arrived in IP fragments.</summary>
    HighFragmentation,

    /// <summary>Too many segments arrived out of order.</summary>
    HighOutOfOrderPackets,

    /// <summary>No segment was exchanged for a time.</summary>
    LowActivity,

    /// <summary>There was no receive buffer for a time: the application reads too slowly.</summary>
    NoBufferPreposting,

    /// <summary>The segments carry too little payload to be worth an engine.</summary>
    SmallIO,

    /// <summary>The application closed: the software stack does the closing.</summary>
    ApplicationClosing,

    /// <summary>The device was reset or stopped answering; the connection was rebuilt from host memory.</summary>
    EngineLost,

    /// <summary>Something on the host removed the rules that steer the connection's segments to the engine.</summary>
    SteeringLost,
}
