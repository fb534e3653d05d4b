namespace ActorStack.Transport.Engines;

/// <summary>Why a connection leaves an engine: NDIS TCP Chimney's reasons, and those of this project's owners.</summary>
public enum UploadReason : byte
{
    /// <summary>Policy or operator.</summary>
    UploadRequested,
    HardwareFailure,
    InvalidState,
    ReceivedUrgentData,
    TimeoutExpiration,
    HighDropRate,
    HighFragmentation,
    HighOutOfOrderPackets,
    LowActivity,
    NoBufferPreposting,
    SmallIO,

    /// <summary>The application closed: the software stack does the closing.</summary>
    ApplicationClosing,

    /// <summary>The device was reset or stopped answering; the connection was rebuilt from host memory.</summary>
    EngineLost,

    /// <summary>Something on the host removed the rules that steer the connection's segments to the engine.</summary>
    SteeringLost,
}
