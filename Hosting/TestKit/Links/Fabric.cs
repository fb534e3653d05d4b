using System.Buffers.Binary;
using ActorStack.Actors.Cluster;
using ActorStack.Transport.Links;
using ActorStack.Transport.Wire;

namespace ActorStack.TestKit.Links;

/// <summary>
/// The network between the clients' wire and the nodes: a router that sends every packet to one node, and the steering of each
/// node, which sends packets of moved flows on. Everything happens on the thread of the test.
/// </summary>
internal sealed class Fabric(ILink router)
{
    private readonly Dictionary<string, FabricLink> _links = [];
    private readonly Dictionary<(string Node, FlowKey Flow), string> _steered = [];
    private readonly HashSet<string> _dead = [];
    private readonly LinkFrame[] _frames = new LinkFrame[64];

    /// <summary>The node to which the router sends packets.</summary>
    public string Entrance { get; set; } = "a";

    /// <summary>
    /// Chooses the node for each packet, as a router that spreads packets over equal routes; null: the entrance.
    /// </summary>
    public Func<FlowKey, string>? Route { get; set; }

    /// <summary>Called with the node that is about to steer a flow to another node.</summary>
    public Action<string>? BeforeSteering { get; set; }

    /// <summary>Called before a node's steering or process sends a packet on.</summary>
    public Action? BeforeForwarding { get; set; }

    /// <summary>The number of packets whose time to live ran out between the nodes.</summary>
    public int Expired { get; private set; }

    /// <summary>The number of frames that a node's steering or process sent on.</summary>
    public int Forwarded { get; private set; }

    /// <summary>The segments that the nodes sent to the clients, with the node that sent each.</summary>
    public List<(string Node, TcpFlags Flags, uint Sequence, int Length)> Sent { get; } = [];

    public FabricLink LinkOf(string node)
    {
        if (_links.TryGetValue(node, out var link)) return link;
        return _links[node] = new FabricLink(node, router, this);
    }

    public INodeForwarder ForwarderOf(string node) => new Forwarder(this, node);

    /// <summary>The machine of a node is gone: packets to it are lost.</summary>
    public void Kill(string node) => _dead.Add(node);

    public bool IsSteered(string node) => _steered.Keys.Any(key => key.Node == node);

    /// <summary>Takes packets from the router to the nodes. False: there were none.</summary>
    public bool Turn()
    {
        var worked = false;
        int count;
        while ((count = router.Receive(_frames)) > 0)
        {
            foreach (ref readonly var frame in _frames.AsSpan(0, count)) Deliver(EntranceOf(frame), frame);
            worked = true;
        }

        return worked;
    }

    private string EntranceOf(in LinkFrame frame)
    {
        if (Route is null) return Entrance;
        PacketReader.Read(frame.Packet, frame.ChecksumVerified, frame.SegmentSize, out var packet);
        return packet.Kind is PacketKind.Tcp ? Route(packet.Flow) : Entrance;
    }

    private void Deliver(string node, in LinkFrame frame)
    {
        if (_dead.Contains(node))
        {
            frame.Buffer.Release();
            return;
        }

        PacketReader.Read(frame.Packet, frame.ChecksumVerified, frame.SegmentSize, out var packet);
        if (packet.Kind is not PacketKind.Tcp || !_steered.TryGetValue((node, packet.Flow), out var next))
            LinkOf(node).Take(frame);
        else if (TryHop(frame))
            Deliver(next, frame);
    }

    /// <summary>One hop of IP forwarding; false where the time to live of the packet has run out.</summary>
    private bool TryHop(in LinkFrame frame)
    {
        BeforeForwarding?.Invoke();
        Forwarded++;
        var packet = frame.Buffer.Bytes.AsSpan(frame.Offset, frame.Length);
        var isIPv6 = packet[0] >> 4 == 6;
        ref var timeToLive = ref packet[isIPv6 ? 7 : 8];
        if (timeToLive <= 1)
        {
            Expired++;
            frame.Buffer.Release();
            return false;
        }

        timeToLive--;
        if (isIPv6) return true;
        var checksum = BinaryPrimitives.ReadUInt16BigEndian(packet[10..]) + 0x100; // RFC 1141
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], (ushort)(checksum + (checksum >> 16)));
        return true;
    }

    private sealed class Forwarder(Fabric fabric, string node) : INodeForwarder
    {
        public string? WhyUnreachable(string other) => null;

        public void Steer(in FlowKey flow, string other)
        {
            fabric.BeforeSteering?.Invoke(node);
            fabric._steered[(node, flow)] = other;
        }

        public void Dispose()
        {
        }

        public void Unsteer(in FlowKey flow) => fabric._steered.Remove((node, flow));

        public void Forward(in FlowKey flow, string other, in LinkFrame frame)
        {
            var buffer = FrameBuffer.Rent();
            frame.Packet.CopyTo(buffer.Bytes);
            var copy = frame with { Buffer = buffer, Offset = 0 };
            if (fabric.TryHop(copy)) fabric.Deliver(other, copy);
        }
    }
}
