using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Links;

/// <summary>
/// Where packets come from and go to. Receiving, waiting and buffered sending belong to one thread; sending at once and waking to
/// any.
/// </summary>
public interface ILink : IDisposable
{
    /// <summary>The name that messages and statistics show, e.g. that of the device.</summary>
    string Name { get; }

    /// <summary>
    /// Bytes of an IP packet at most; a segment may exceed it where the link cuts (see <see cref="MaximumSegmentPayload"/>).
    /// </summary>
    int Mtu { get; }

    /// <summary>
    /// Payload bytes one <see cref="OutboundSegment"/> may carry: 64 KB less headers with segmentation offload, else one MSS.
    /// </summary>
    int MaximumSegmentPayload { get; }

    /// <summary>
    /// Fills <paramref name="frames"/> from the front without waiting. Returns how many; their buffers are the caller's.
    /// </summary>
    int Receive(Span<LinkFrame> frames);

    /// <summary>
    /// Writes the headers and sends the segment; the payload is not kept. A full link drops it, as a wire does.
    /// </summary>
    void Send(in OutboundSegment segment);

    /// <summary>
    /// As <see cref="Send"/>, but a small segment may wait for the next <see cref="Flush"/>; what is sent this way keeps its
    /// order. The payload is not kept either.
    /// </summary>
    void SendBuffered(in OutboundSegment segment) => Send(segment);

    /// <summary>Sends what waits.</summary>
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
