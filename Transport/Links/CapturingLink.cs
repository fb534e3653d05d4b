using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Links;

/// <summary>
/// Writes what goes through another link, in both directions, to a capture file. Super-segments are written as they are, and
/// received packets with the checksum they came with. Disposing it closes the link and the file.
/// </summary>
/// <param name="link">The link that does the work.</param>
/// <param name="capture">Where packets are written.</param>
/// <param name="clock">The time that packets are stamped with.</param>
public sealed class CapturingLink(ILink link, PcapWriter capture, Func<DateTimeOffset> clock) : ILink
{
    /// <inheritdoc/>
    public string Name => link.Name;

    /// <inheritdoc/>
    public int Mtu => link.Mtu;

    /// <inheritdoc/>
    public int MaximumSegmentPayload => link.MaximumSegmentPayload;

    /// <inheritdoc/>
    public LinkStatistics Statistics => link.Statistics;

    /// <inheritdoc/>
    public int Receive(Span<LinkFrame> frames)
    {
        var count = link.Receive(frames);
        foreach (ref readonly var frame in frames[..count]) Capture(frame);
        return count;
    }

    /// <inheritdoc/>
    public void Send(in OutboundSegment segment)
    {
        Capture(segment);
        link.Send(segment);
    }

    /// <inheritdoc/>
    public void SendBuffered(in OutboundSegment segment)
    {
        Capture(segment);
        link.SendBuffered(segment);
    }

    /// <inheritdoc/>
    public void Flush() => link.Flush();

    /// <inheritdoc/>
    public void SendFrame(in LinkFrame frame)
    {
        Capture(frame);
        link.SendFrame(frame);
    }

    /// <inheritdoc/>
    public void Wait(TimeSpan timeout) => link.Wait(timeout);

    /// <inheritdoc/>
    public void Wake() => link.Wake();

    /// <summary>Closes the link and the capture file.</summary>
    public void Dispose()
    {
        link.Dispose();
        capture.Dispose();
    }

    private void Capture(in OutboundSegment segment)
    {
        Span<byte> headers = stackalloc byte[PacketWriter.MaximumHeader];
        var length = PacketWriter.WriteHeaders(headers, segment, ChecksumMode.Full);
        capture.Write(clock(), headers[..length], segment.Payload);
    }

    private void Capture(in LinkFrame frame) => capture.Write(clock(), frame.Packet.Span, default);
}
