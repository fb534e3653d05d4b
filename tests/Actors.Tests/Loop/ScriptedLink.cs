using System.Collections.Concurrent;
using ActorStack.Transport.Links;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Loop;

/// <summary>A link whose bursts are scripted and whose waits are real.</summary>
internal sealed class ScriptedLink : ILink
{
    private readonly SemaphoreSlim _signal = new(0);

    public ConcurrentQueue<Func<int>> Bursts { get; } = new();

    public int Wakes;

    public int Flushes;

    public int Waits;

    public string Name => "scripted";

    public int Mtu => 1500;

    public int MaximumSegmentPayload => 1460;

    public LinkStatistics Statistics => default;

    public int Receive(Span<LinkFrame> frames)
    {
        if (!Bursts.TryDequeue(out var burst)) return 0;
        var count = burst();
        for (var i = 0; i < count; i++) frames[i] = new LinkFrame(FrameBuffer.Rent(), 0, 0, false, 0);
        return count;
    }

    public void Send(in OutboundSegment segment) => throw new NotSupportedException();

    public void Flush() => Flushes++;

    public void SendFrame(in LinkFrame frame) => throw new NotSupportedException();

    public void Wait(TimeSpan timeout)
    {
        Interlocked.Increment(ref Waits);
        _signal.Wait(timeout);
    }

    public void Wake()
    {
        Interlocked.Increment(ref Wakes);
        _signal.Release();
    }

    public void Dispose() => _signal.Dispose();
}
