using System.Buffers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Links;

/// <summary>One end of an <see cref="InMemoryWire"/>.</summary>
internal sealed class InMemoryLink(string name, InMemoryWireOptions options, WireDirection outbound, WireDirection inbound)
    : ILink
{
    private long _framesReceived;
    private long _bytesReceived;
    private long _framesSent;
    private long _bytesSent;
    private long _sendDrops;

    public string Name => name;

    public int Mtu => options.Mtu;

    public int MaximumSegmentPayload { get; } = options.SegmentationOffload
        ? PacketWriter.MaximumPayload
        : options.Mtu - IPv4Layout.Length - TcpLayout.Length;

    public LinkStatistics Statistics => new(
        Interlocked.Read(ref _framesReceived), Interlocked.Read(ref _bytesReceived),
        Interlocked.Read(ref _framesSent), Interlocked.Read(ref _bytesSent), Interlocked.Read(ref _sendDrops));

    public int Receive(Span<LinkFrame> frames)
    {
        var count = 0;
        while (count < frames.Length && inbound.TryReceive(out frames[count]))
        {
            Interlocked.Increment(ref _framesReceived);
            Interlocked.Add(ref _bytesReceived, frames[count++].Length);
        }

        return count;
    }

    public void Send(in OutboundSegment segment)
    {
        var cutter = new SegmentCutter(segment);
        while (cutter.TryNext(out var cut)) SendCut(cut);
    }

    public void SendFrame(in LinkFrame frame)
    {
        if (frame.Length > Mtu && frame.SegmentSize > 0)
        {
            Resend(frame);
            return;
        }

        var packet = ArrayPool<byte>.Shared.Rent(frame.Length);
        frame.Packet.Span.CopyTo(packet);

        // What a link vouched for may be partial; the wire carries whole checksums.
        if (frame.ChecksumVerified) PacketWriter.RewriteChecksum(packet.AsSpan(0, frame.Length), ChecksumMode.Full);
        Carry(packet, frame.Length);
    }

    public void Wait(TimeSpan timeout) => inbound.Wait(timeout);

    public void Wake() => inbound.Wake();

    public void Dispose() => inbound.Dispose();

    private void SendCut(in OutboundSegment segment)
    {
        var packet = ArrayPool<byte>.Shared.Rent(PacketWriter.MaximumHeader + (int)segment.Payload.Length);
        var headerLength = PacketWriter.WriteHeaders(packet, segment, ChecksumMode.Full);
        segment.Payload.CopyTo(packet.AsSpan(headerLength));
        Carry(packet, headerLength + (int)segment.Payload.Length);
    }

    /// <summary>A merged frame that goes on is cut again.</summary>
    private void Resend(in LinkFrame frame)
    {
        PacketReader.Read(frame.Packet, frame.ChecksumVerified, frame.SegmentSize, out var packet);
        if (packet.Kind != PacketKind.Tcp)
        {
            Interlocked.Increment(ref _sendDrops);
            return;
        }

        Send(new OutboundSegment
        {
            Flow = packet.Flow.Reversed,
            Sequence = packet.Tcp.Sequence,
            Acknowledgment = packet.Tcp.Acknowledgment,
            Flags = packet.Tcp.Flags,
            Window = packet.Tcp.Window,
            UrgentPointer = packet.Tcp.UrgentPointer,
            Options = packet.Tcp.Options,
            MaximumPayload = frame.SegmentSize,
            HopLimit = packet.HopLimit,
            TrafficClass = (byte)packet.Tcp.Ecn,
            Payload = new ReadOnlySequence<byte>(packet.Tcp.Payload),
        });
    }

    private void Carry(byte[] packet, int length)
    {
        if (length > Mtu || !outbound.TryCarry(packet, length))
        {
            ArrayPool<byte>.Shared.Return(packet);
            Interlocked.Increment(ref _sendDrops);
            return;
        }

        Interlocked.Increment(ref _framesSent);
        Interlocked.Add(ref _bytesSent, length);
    }
}
