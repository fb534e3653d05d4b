using ActorStack.Transport.Links;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Handshake;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Support;

/// <summary>The host at the other end of the wire: bare connections of the software stack, turned by the test.</summary>
internal sealed class Peer(ILink link, TimeProvider time)
{
    private readonly long _origin = time.GetTimestamp();
    private readonly Dictionary<FlowKey, PeerConnection> _connections = [];
    private readonly Dictionary<TcpEndpoint, (FastOpenAnswer FastOpen, Action<PeerConnection> Accepted)> _listeners = [];
    private readonly LinkFrame[] _frames = new LinkFrame[64];
    private ushort _nextPort = 40_000;

    /// <summary>Every TCP segment that arrived, payload left out.</summary>
    public List<TcpSegment> Segments { get; } = [];

    /// <summary>The flows of <see cref="Segments"/>, seen from here.</summary>
    public List<FlowKey> Flows { get; } = [];

    /// <summary>Payload bytes of each wire segment that arrived.</summary>
    public List<int> Payloads { get; } = [];

    /// <summary>What arrives is lost.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>Bytes of the largest packet that the path to it carries; of larger ones nobody hears.</summary>
    public int Carries { get; set; } = int.MaxValue;

    /// <summary>Segments lost because the peer was deaf.</summary>
    public int Ignored { get; private set; }

    /// <summary>Every packet that is not TCP.</summary>
    public List<PacketKind> OtherPackets { get; } = [];

    public TcpSettings Settings { get; set; } = TcpSettings.Default;

    public TimeSpan Now => time.GetElapsedTime(_origin);

    public int ResetsReceived => Segments.Count(segment => segment.Has(TcpFlags.Rst));

    public TimeSpan? NextDeadline => _connections.Values.Min(connection => connection.Tcp.NextDeadline);

    public PeerConnection Connect(string server, ushort port, int receiveCapacity = 1 << 20)
    {
        var remote = new TcpEndpoint(IpAddress.Parse(server), port);
        var local = new TcpEndpoint(IpAddress.Parse(remote.Address.IsIPv6 ? "fd00::1" : "10.0.0.1"), _nextPort++);
        var flow = new FlowKey(local, remote);
        var connection = new PeerConnection(flow, Settings, receiveCapacity, iss: _nextPort * 1000u, Now);
        _connections.Add(flow, connection);
        return connection;
    }

    /// <summary>Answers the next SYN to an endpoint of the peer's; the connection, once there was one.</summary>
    public Func<PeerConnection> Accept(TcpEndpoint local, FastOpenAnswer fastOpen = default)
    {
        PeerConnection? accepted = null;
        _listeners[local] = (fastOpen, connection => accepted = connection);
        return () => accepted!;
    }

    /// <summary>Sends a segment that belongs to no connection of the peer's.</summary>
    public void Send(in OutboundSegment segment) => link.Send(segment);

    public void SendFrame(ReadOnlySpan<byte> packet)
    {
        var buffer = FrameBuffer.Rent();
        packet.CopyTo(buffer.Bytes);
        link.SendFrame(new LinkFrame(buffer, 0, packet.Length, ChecksumVerified: false, SegmentSize: 0));
        buffer.Release();
    }

    /// <summary>One turn; false where there was nothing to do.</summary>
    public bool Turn()
    {
        var worked = false;
        int count;
        while ((count = link.Receive(_frames)) > 0)
        {
            for (var i = 0; i < count; i++) Take(_frames[i]);
            worked = true;
        }

        foreach (var connection in _connections.Values) worked |= connection.Turn(Now, link);
        return worked;
    }

    private void AcceptFrom(in IpPacket packet, in (FastOpenAnswer FastOpen, Action<PeerConnection> Accepted) listener)
    {
        var connection = new PeerConnection(packet.Flow, packet.Tcp, Settings, iss: _nextPort++ * 1000u, Now, listener.FastOpen);
        _connections[packet.Flow] = connection;
        listener.Accepted(connection);
    }

    /// <summary>Bytes of each packet on the wire that was merged into the frame.</summary>
    private static int SizeOf(in LinkFrame frame, in IpPacket packet) =>
        packet.Tcp.SegmentSize > 0 ? frame.Length - packet.Tcp.Payload.Length + packet.Tcp.SegmentSize : frame.Length;

    private void Take(in LinkFrame frame)
    {
        PacketReader.Read(frame.Packet, frame.ChecksumVerified, frame.SegmentSize, out var packet);
        if (packet.Kind != PacketKind.Tcp)
        {
            OtherPackets.Add(packet.Kind);
        }
        else if (IsDeaf || SizeOf(frame, packet) > Carries)
        {
            Ignored++;
        }
        else
        {
            Payloads.Add(packet.Tcp.SegmentSize > 0 ? packet.Tcp.SegmentSize : packet.Tcp.Payload.Length);
            Segments.Add(packet.Tcp with { Payload = default });
            Flows.Add(packet.Flow);
            if (packet.Tcp.Flags == TcpFlags.Syn && _listeners.Remove(packet.Flow.Local, out var listener))
                AcceptFrom(packet, listener);
            else if (_connections.TryGetValue(packet.Flow, out var connection)) connection.Tcp.OnSegment(packet.Tcp, Now);
        }

        frame.Buffer.Release();
    }
}
