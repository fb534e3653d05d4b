namespace ActorStack.Actors.Connections;

/// <summary>A pool of bursts for reuse. Used on the loop's thread only.</summary>
internal sealed class SegmentBurstPool
{
    private const int Capacity = 256;

    private readonly Stack<SegmentBurst> _bursts = new();

    public SegmentBurst Rent() => _bursts.TryPop(out var burst) ? burst : new SegmentBurst(this);

    public void Return(SegmentBurst burst)
    {
        if (_bursts.Count < Capacity) _bursts.Push(burst);
    }
}
