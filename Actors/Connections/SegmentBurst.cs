using ActorStack.Transport.Wire;
using Akka.Actor;
using Akka.Event;

namespace ActorStack.Actors.Connections;

/// <summary>
/// The segments of one connection in one burst of the link, in order, as one message. The burst owns the frames until it is
/// recycled, or until another object holds them.
/// </summary>
internal sealed class SegmentBurst(SegmentBurstPool pool) : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    private const int InitialCapacity = 4;

    private LinkFrame[] _frames = new LinkFrame[InitialCapacity];
    private TcpSegment[] _segments = new TcpSegment[InitialCapacity];

    public int Count { get; private set; }

    public ref readonly TcpSegment Segment(int index) => ref _segments[index];

    public ref readonly LinkFrame Frame(int index) => ref _frames[index];

    public void Add(in LinkFrame frame, in TcpSegment segment)
    {
        if (Count == _frames.Length)
        {
            Array.Resize(ref _frames, 2 * Count);
            Array.Resize(ref _segments, 2 * Count);
        }

        _frames[Count] = frame;
        _segments[Count] = segment;
        Count++;
    }

    /// <summary>Releases the frames. The burst must not be used afterwards.</summary>
    public void Recycle()
    {
        for (var i = 0; i < Count; i++) _frames[i].Buffer.Release();
        RecycleEmptied();
    }

    /// <summary>Recycles the burst without releasing the frames, because another object has taken them.</summary>
    public void RecycleEmptied()
    {
        Count = 0;
        pool.Return(this);
    }
}
