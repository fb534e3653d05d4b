using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Links;

/// <summary>
/// Receives and sends IP packets. One thread receives, waits and sends buffered; any thread may send at once and wake.
/// </summary>
public interface ILink : IDisposable
{
    /// <summary>The name that messages and statistics show, e.g. that of the device.</summary>
    string Name { get; }

    /// <summary>
    /// The largest IP packet, bytes. A segment may exceed it where the link cuts segments (see
    /// <see cref="MaximumSegmentPayload"/>).
    /// </summary>
    int Mtu { get; }

    /// <summary>
    /// The largest payload of an <see cref="OutboundSegment"/>, bytes: 64 KB less headers with segmentation offload, else one
    /// MSS.
    /// </summary>
    int MaximumSegmentPayload { get; }

    /// <summary>
    /// Fills <paramref name="frames"/> from the front without waiting. Returns how many; their buffers are the caller's.
    /// </summary>
    int Receive(Span<LinkFrame> frames);

    /// <summary>
    /// Writes the headers and sends the segment; the payload is not kept. A link that is full drops it, as a wire does.
    /// </summary>
    void Send(in OutboundSegment segment);

    /// <summary>
    /// As <see cref="Send"/>, but a small segment may wait for the next <see cref="Flush"/>. Segments that are sent so keep their
    /// order. The payload is not kept.
    /// </summary>
    void SendBuffered(in OutboundSegment segment) => Send(segment);

    /// <summary>Sends the segments that wait.</summary>
    void Flush()
    {
    }

    /// <summary>
    /// Sends a whole IP packet as it is: a frame forwarded to a new owner, an ICMP message. The buffer stays the caller's.
    /// </summary>
    void SendFrame(in LinkFrame frame);

    /// <summary>
    /// Returns when frames may be there, after <see cref="Wake"/>, or when the time is up (infinite: no limit).
    /// </summary>
    void Wait(TimeSpan timeout);

    /// <summary>Ends the current or the next <see cref="Wait"/>.</summary>
    void Wake();

    /// <summary>The counters of the link since it was opened. They may be read on any thread.</summary>
    LinkStatistics Statistics { get; }
}
