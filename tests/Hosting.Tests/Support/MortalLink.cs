using ActorStack.Transport.Links;
using ActorStack.Transport.Wire;

namespace ActorStack.Hosting.Tests.Support;

/// <summary>A link that cannot be read any more from some moment on.</summary>
internal sealed class MortalLink(ILink link) : ILink
{
    public const string LastWords = "the wire was cut";

    private volatile bool _isDead;

    public string Name => link.Name;

    public int Mtu => link.Mtu;

    public int MaximumSegmentPayload => link.MaximumSegmentPayload;

    public LinkStatistics Statistics => link.Statistics;

    public void Die()
    {
        _isDead = true;
        link.Wake();
    }

    public int Receive(Span<LinkFrame> frames) => _isDead ? throw new IOException(LastWords) : link.Receive(frames);

    public void Send(in OutboundSegment segment) => link.Send(segment);

    public void SendBuffered(in OutboundSegment segment) => link.SendBuffered(segment);

    public void Flush() => link.Flush();

    public void SendFrame(in LinkFrame frame) => link.SendFrame(frame);

    public void Wait(TimeSpan timeout) => link.Wait(timeout);

    public void Wake() => link.Wake();

    public void Dispose() => link.Dispose();
}
