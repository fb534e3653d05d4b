using ActorStack.Transport.Links;
using ActorStack.Transport.Wire;

namespace ActorStack.Tests.Common.Links;

/// <summary>
/// Several queues over a link of one, as a network card has them. It brings frames to the queues of their flows, or to the wrong
/// ones, as a test wants.
/// </summary>
public sealed class MultiQueueLink : IMultiQueueLink
{
    private readonly ILink _link;
    private readonly Lock _gate = new();
    private readonly Queue<LinkFrame>[] _waiting;
    private readonly LinkFrame[] _frames = new LinkFrame[64];

    /// <param name="link">Where frames come from and go to.</param>
    /// <param name="queues">How many queues there are.</param>
    /// <param name="key">The key of the hash that says which queue is a flow's.</param>
    public MultiQueueLink(ILink link, int queues, ulong key = 1)
    {
        _link = link;
        Spread = new FlowSpread(queues, key);
        _waiting = [.. Enumerable.Range(0, queues).Select(_ => new Queue<LinkFrame>())];
        Queues = [.. Enumerable.Range(0, queues).Select(index => new OneQueue(this, index))];
    }

    public IReadOnlyList<ILink> Queues { get; }

    public FlowSpread Spread { get; }

    /// <summary>The queue that a packet comes in by; as it is made, that of its flow, and the first for what is no TCP.</summary>
    public Func<IpPacket, int>? Route { get; set; }

    public string Name => _link.Name;

    public int Mtu => _link.Mtu;

    public int MaximumSegmentPayload => _link.MaximumSegmentPayload;

    public LinkStatistics Statistics => _link.Statistics;

    public int Receive(Span<LinkFrame> frames) => Receive(0, frames);

    public void Send(in OutboundSegment segment) => _link.Send(segment);

    public void SendFrame(in LinkFrame frame) => _link.SendFrame(frame);

    public void Wait(TimeSpan timeout) => _link.Wait(timeout);

    public void Wake() => _link.Wake();

    public void Dispose() => _link.Dispose();

    private int Receive(int queue, Span<LinkFrame> frames)
    {
        lock (_gate)
        {
            int taken;
            while ((taken = _link.Receive(_frames)) > 0)
            {
                foreach (ref readonly var frame in _frames.AsSpan(0, taken)) _waiting[QueueOf(frame)].Enqueue(frame);
            }

            var count = 0;
            while (count < frames.Length && _waiting[queue].TryDequeue(out frames[count])) count++;
            return count;
        }
    }

    private int QueueOf(in LinkFrame frame)
    {
        PacketReader.Read(frame.Packet, frame.ChecksumVerified, frame.SegmentSize, out var packet);
        if (Route is { } route) return route(packet);
        return packet.Kind is PacketKind.Tcp ? Spread.IndexOf(packet.Flow) : 0;
    }

    /// <summary>The link closes them together.</summary>
    private sealed class OneQueue(MultiQueueLink link, int index) : ILink
    {
        public string Name => link.Name;

        public int Mtu => link.Mtu;

        public int MaximumSegmentPayload => link.MaximumSegmentPayload;

        public LinkStatistics Statistics => default;

        public int Receive(Span<LinkFrame> frames) => link.Receive(index, frames);

        public void Send(in OutboundSegment segment) => link.Send(segment);

        public void SendFrame(in LinkFrame frame) => link.SendFrame(frame);

        public void Wait(TimeSpan timeout) => link.Wait(timeout);

        public void Wake() => link.Wake();

        public void Dispose()
        {
        }
    }
}
