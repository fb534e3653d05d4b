namespace ActorStack.Transport.Links;

/// <summary>How an <see cref="InMemoryWire"/> and its two links are made.</summary>
public sealed record InMemoryWireOptions
{
    /// <summary>The seed of all chance on the wire: the same packets at the same times meet the same fate.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// The largest IP packet, bytes; a longer one is lost without an ICMP message, as in a path MTU black hole.
    /// </summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>The links take super-segments and cut them before they reach the wire.</summary>
    public bool SegmentationOffload { get; init; } = true;

    /// <summary>
    /// The links merge segments that arrive in order, checksums checked, as a device with receive offload does.
    /// </summary>
    public bool ReceiveMerging { get; init; }

    /// <summary>
    /// Bytes that the wire holds in each direction at most, on their way or not yet received; a packet beyond is dropped.
    /// </summary>
    public int CapacityBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The impairments of packets from left to right at the start.</summary>
    public WireImpairments LeftToRight { get; init; } = WireImpairments.None;

    /// <summary>The impairments of packets from right to left at the start.</summary>
    public WireImpairments RightToLeft { get; init; } = WireImpairments.None;
}
