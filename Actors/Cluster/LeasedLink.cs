using ActorStack.Transport.Links;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Cluster;

/// <summary>
/// A link that sends nothing while the node does not hold its lease: the cluster may have given the connections to other nodes.
/// The connections notice it as they notice a link that loses everything.
/// </summary>
internal sealed class LeasedLink(ILink link, INodeNetwork network) : ILink
{
    public string Name => link.Name;

    public int Mtu => link.Mtu;

    public int MaximumSegmentPayload => link.MaximumSegmentPayload;

    public LinkStatistics Statistics => link.Statistics;

    public int Receive(Span<LinkFrame> frames) => link.Receive(frames);

    public void Send(in OutboundSegment segment)
    {
        if (network.MayEmit) link.Send(segment);
    }

    public void SendBuffered(in OutboundSegment segment)
    {
        if (network.MayEmit) link.SendBuffered(segment);
    }

    public void Flush() => link.Flush();

    public void SendFrame(in LinkFrame frame)
    {
        if (network.MayEmit) link.SendFrame(frame);
    }

    public void Wait(TimeSpan timeout) => link.Wait(timeout);

    public void Wake() => link.Wake();

    public void Dispose() => link.Dispose();
}
