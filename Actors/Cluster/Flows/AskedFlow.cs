using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Cluster.Flows;

/// <summary>A flow whose owner is being asked for, with the frames that arrived meanwhile, in order.</summary>
internal sealed class AskedFlow(in FlowKey key)
{
    private readonly List<HeldSegment> _held = [];

    public FlowKey Key { get; } = key;

    public IReadOnlyList<HeldSegment> Held => _held;

    public long Bytes { get; private set; }

    /// <summary>The directory has answered once that no node has the flow.</summary>
    public bool IsDoubted { get; set; }

    public void Hold(in LinkFrame frame)
    {
        _held.Add(HeldSegment.Of(frame));
        Bytes += frame.Length;
    }
}
