namespace ActorStack.Transport.Host;

/// <summary>The action for the caller of <see cref="TcpHost.OnFrame"/>.</summary>
public enum HostAction : byte
{
    /// <summary>Nothing: the packet goes no further, and is counted.</summary>
    Drop,

    /// <summary>Nothing: the frame is held until its flow has an owner.</summary>
    Hold,

    /// <summary>
    /// Give <see cref="TcpHost.Segment"/> to the software stack that owns the flow. The frame is the caller's, who releases it.
    /// </summary>
    Deliver,

    /// <summary>
    /// Give the frame, a segment or an ICMP message, to the engine or node that owns the flow. The frame is the caller's, who
    /// releases it.
    /// </summary>
    Forward,

    /// <summary>
    /// Give <see cref="TcpHost.Icmp"/> to the software stack that owns the flow. It is not yet known to be genuine (RFC 5927).
    /// </summary>
    Report,

    /// <summary>
    /// Give the frame to the host whose flow it is of, <see cref="TcpHost.Destination"/>. The frame is the caller's, who gives
    /// it away.
    /// </summary>
    HandOver,

    /// <summary>Make an owner for the new flow.</summary>
    Open,

    /// <summary>Send <see cref="TcpHost.Response"/>.</summary>
    Respond,

    /// <summary>Send the frame, an answer of the host itself, as it is. The frame is the caller's, who releases it.</summary>
    SendFrame,

    /// <summary>
    /// Ask the directory which host has <see cref="TcpHost.UnknownFlow"/>. Where none has it, give the frame to
    /// <see cref="TcpHost.OnOwnerlessFrame"/>. The frame is the caller's, who releases it.
    /// </summary>
    Ask,
}
