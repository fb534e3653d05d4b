using System.Buffers;
using ActorStack.TestKit.Driver;
using ActorStack.Transport.Links;
using ActorStack.Transport.Wire;

namespace ActorStack.TestKit.Links;

/// <summary>
/// The peers' end of the wire: the host whose software stack runs the real peers, and beside it the scripted ones, which get the
/// segments of their own endpoints. Every packet is recorded here.
/// </summary>
internal sealed class PeerSide(ILink wire, VirtualClock clock, WireRecording recording)
{
    private readonly Dictionary<TcpEndpoint, Action<IpPacket>> _scripted = [];
    private readonly LinkFrame[] _frames = new LinkFrame[64];
    private HostLink? _host;

    /// <summary>The link of the host of the real peers.</summary>
    public ILink Host => _host ??= new HostLink(this);

    public int Mtu => wire.Mtu;

    public int MaximumSegmentPayload => wire.MaximumSegmentPayload;

    /// <summary>Gives the segments for an endpoint to a scripted peer.</summary>
    public void Attach(TcpEndpoint local, Action<IpPacket> arrived) => _scripted.Add(local, arrived);

    /// <summary>Takes the packets that have arrived. False: there were none.</summary>
    public bool Turn()
    {
        var worked = false;
        int count;
        while ((count = wire.Receive(_frames)) > 0)
        {
            foreach (ref readonly var frame in _frames.AsSpan(0, count)) Take(frame);
            worked = true;
        }

        return worked;
    }

    /// <summary>Sends a segment, cut to the size of the wire.</summary>
    public void Send(in OutboundSegment segment)
    {
        var cutter = new SegmentCutter(segment);
        while (cutter.TryNext(out var cut))
        {
            var buffer = FrameBuffer.Rent();
            var header = PacketWriter.WriteHeaders(buffer.Bytes, cut, ChecksumMode.Full);
            cut.Payload.CopyTo(buffer.Bytes.AsSpan(header));
            var length = header + (int)cut.Payload.Length;
            SendFrame(new LinkFrame(buffer, 0, length, ChecksumVerified: false, SegmentSize: 0));
            buffer.Release();
        }
    }

    private void SendFrame(in LinkFrame frame)
    {
        recording.Add(frame.Packet, clock.GetUtcNow());
        wire.SendFrame(frame);
    }

    private void Take(in LinkFrame frame)
    {
        PacketReader.Read(frame.Packet, frame.ChecksumVerified, frame.SegmentSize, out var packet);
        if (packet.Kind is not PacketKind.Malformed) recording.Add(frame.Packet, clock.GetUtcNow());
        if (packet.Kind is PacketKind.Tcp && _scripted.TryGetValue(packet.Flow.Local, out var arrived))
        {
            arrived(packet);
            frame.Buffer.Release();
        }
        else if (_host is { } host)
        {
            host.Take(frame);
        }
        else
        {
            frame.Buffer.Release();
        }
    }

    private sealed class HostLink(PeerSide side) : ILink
    {
        private readonly Queue<LinkFrame> _arrived = new();

        public string Name => "peers";

        public int Mtu => side.Mtu;

        public int MaximumSegmentPayload => side.MaximumSegmentPayload;

        public LinkStatistics Statistics => default;

        public void Take(in LinkFrame frame) => _arrived.Enqueue(frame);

        public int Receive(Span<LinkFrame> frames)
        {
            var count = 0;
            while (count < frames.Length && _arrived.TryDequeue(out frames[count])) count++;
            return count;
        }

        public void Send(in OutboundSegment segment) => side.Send(segment);

        public void SendFrame(in LinkFrame frame) => side.SendFrame(frame);

        public void Wait(TimeSpan timeout)
        {
        }

        public void Wake()
        {
        }

        public void Dispose()
        {
            while (_arrived.TryDequeue(out var frame)) frame.Buffer.Release();
        }
    }
}
