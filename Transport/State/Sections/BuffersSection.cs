namespace ActorStack.Transport.State.Sections;

/// <summary>How much the queues to and from the application may hold.</summary>
public sealed record BuffersSection
{
    /// <summary>Bytes that the application may be ahead of the peer's acknowledgments; follows the congestion window.</summary>
    public long SendLimit { get; init; }

    /// <summary>The window that the receive side may ever announce, bytes.</summary>
    public uint ReceiveCapacity { get; init; }

    /// <summary>
    /// The largest window that is announced now, bytes; it grows with the payload that the application reads in a round trip.
    /// </summary>
    public uint ReceiveLimit { get; init; }
}
