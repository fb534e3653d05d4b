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
    public string Name => link.Name;

    public int Mtu => link.Mtu;

    public int MaximumSegmentPayload => link.MaximumSegmentPayload;

    public LinkStatistics Statistics => link.Statistics;

    public int Receive(Span<LinkFrame> frames)
    {
        var count = link.Receive(frames);
        foreach (ref readonly var frame in frames[..count]) Capture(frame);
        return count;
    }

    public void Send(in OutboundSegment segment)
    {
        Capture(segment);
        link.Send(segment);
    }

    public void SendBuffered(in OutboundSegment segment)
    {
        Capture(segment);
        link.SendBuffered(segment);
    }

    public void Flush() => link.Flush();

    public void SendFrame(in LinkFrame frame)
    {
        Capture(frame);
        link.SendFrame(frame);
    }

    public void Wait(TimeSpan timeout) => link.Wait(timeout);

    public void Wake() => link.Wake();

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
