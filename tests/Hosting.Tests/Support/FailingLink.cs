using ActorStack.Transport.Links;
using ActorStack.Transport.Wire;

namespace ActorStack.Hosting.Tests.Support;

/// <summary>A link that works until it is closed, which fails.</summary>
internal sealed class FailingLink(ILink link, string cause) : ILink
{
    public string Name => "failing";

    public int Mtu => link.Mtu;

    public int MaximumSegmentPayload => link.MaximumSegmentPayload;

    public LinkStatistics Statistics => link.Statistics;

    public int Receive(Span<LinkFrame> frames) => link.Receive(frames);

    public void Send(in OutboundSegment segment) => link.Send(segment);

    public void SendFrame(in LinkFrame frame) => link.SendFrame(frame);

    public void Wait(TimeSpan timeout) => link.Wait(timeout);

    public void Wake() => link.Wake();

    public void Dispose()
    {
        link.Dispose();
        throw new InvalidOperationException(cause);
    }
}
