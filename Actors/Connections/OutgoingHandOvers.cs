using System.Runtime.InteropServices;
using ActorStack.Transport.Host;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Connections;

/// <summary>
/// Collects the frames of a burst that belong to other loops, and gives each loop its frames when the burst is done.
/// </summary>
internal sealed class OutgoingHandOvers(LoopContext loop)
{
    private readonly List<LinkFrame>[] _frames = [.. loop.Stack.HandOvers.Select(_ => new List<LinkFrame>())];
    private bool _isEmpty = true;

    public void Add(int destination, in LinkFrame frame)
    {
        _frames[destination].Add(frame);
        _isEmpty = false;
    }

    public void Flush()
    {
        if (_isEmpty) return;
        _isEmpty = true;
        for (var i = 0; i < _frames.Length; i++)
        {
            if (_frames[i].Count > 0) Flush(loop.Stack.HandOvers[i], _frames[i]);
        }
    }

    private void Flush(HandOverQueue queue, List<LinkFrame> frames)
    {
        var taken = queue.Add(CollectionsMarshal.AsSpan(frames));
        for (var i = taken; i < frames.Count; i++)
        {
            frames[i].Buffer.Release();
            loop.Counters.Drop(DropReason.HandOverFull);
        }

        frames.Clear();
    }
}
