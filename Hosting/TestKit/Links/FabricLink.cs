using ActorStack.Transport.Links;
using ActorStack.Transport.Wire;

namespace ActorStack.TestKit.Links;

/// <summary>The link of one node: packets come from the fabric, and go to the clients directly.</summary>
internal sealed class FabricLink(string node, ILink router, Fabric fabric) : ILink
{
    private readonly Queue<LinkFrame> _arrived = new();

    public string Name => node;

    public int Mtu => router.Mtu;

    public int MaximumSegmentPayload => router.MaximumSegmentPayload;

    public LinkStatistics Statistics => default;

    /// <summary>The machine of the node is gone: no packet reaches it, and none leaves it.</summary>
    public bool IsDead { get; set; }

    public void Take(in LinkFrame frame)
    {
        if (IsDead) frame.Buffer.Release();
        else _arrived.Enqueue(frame);
    }

    public int Receive(Span<LinkFrame> frames)
    {
        var count = 0;
        while (count < frames.Length && _arrived.TryDequeue(out frames[count])) count++;
        return count;
    }

    public void Send(in OutboundSegment segment)
    {
        if (IsDead) return;
        fabric.Sent.Add((node, segment.Flags, segment.Sequence.Value, (int)segment.Payload.Length));
        router.Send(segment);
    }

    public void SendFrame(in LinkFrame frame)
    {
        if (!IsDead) router.SendFrame(frame);
    }

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
