using ActorStack.Actors.Loop;
using ActorStack.Transport.Wire;
using Akka.Dispatch;

namespace ActorStack.Actors.Connections;

/// <summary>
/// Frames of one loop's flows that arrived in the queues of other loops. The other loops add them in order, a burst at a time;
/// the loop takes them between its mailboxes. The queue is bounded: a loop that does not keep up loses frames, as at a full
/// device queue.
/// </summary>
internal sealed class HandOverQueue : IRunnable
{
    /// <summary>The greatest number of frames; each may hold a buffer of 64 KB.</summary>
    public const int Capacity = 4 * EventLoop.BurstSize;

    private readonly Lock _gate = new();
    private readonly Queue<LinkFrame> _frames = new();
    private readonly LinkFrame[] _burst = new LinkFrame[EventLoop.BurstSize];
    private ILoopLink? _taker;
    private EventLoop? _loop;
    private bool _isScheduled;
    private bool _isClosed;

    /// <summary>Lets the loop take frames from now on. Earlier frames have waited in the queue.</summary>
    public void Open(EventLoop loop, ILoopLink taker)
    {
        lock (_gate)
        {
            (_loop, _taker) = (loop, taker);
            _isScheduled = _frames.Count > 0;
            if (!_isScheduled) return;
        }

        loop.Execute(this);
    }

    /// <summary>Ends the queue, because the loop serves its link no more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var frame in _frames) frame.Buffer.Release();
            _frames.Clear();
        }
    }

    /// <summary>
    /// Adds the first of the frames, as many as there is room for, and wakes the loop once. Returns their number; the caller
    /// keeps the rest. Any thread may call it.
    /// </summary>
    public int Add(ReadOnlySpan<LinkFrame> frames)
    {
        EventLoop? toWake = null;
        int count;
        lock (_gate)
        {
            if (_isClosed) return 0;
            count = Math.Min(frames.Length, Capacity - _frames.Count);
            foreach (ref readonly var frame in frames[..count]) _frames.Enqueue(frame);
            if (_loop is not null && !_isScheduled && count > 0) (_isScheduled, toWake) = (true, _loop);
        }

        toWake?.Execute(this);
        return count;
    }

    /// <summary>
    /// Lets the loop run a piece of work after the frames that were added before. Returns false where the loop does not serve
    /// yet or no more. Any thread may call it.
    /// </summary>
    public bool TryExecute(IRunnable work)
    {
        EventLoop? loop;
        lock (_gate) loop = _isClosed ? null : _loop;
        loop?.Execute(work);
        return loop is not null;
    }

    /// <summary>Takes one burst; called on the loop's thread.</summary>
    public void Run()
    {
        var count = 0;
        bool hasMore;
        lock (_gate)
        {
            while (count < _burst.Length && _frames.TryDequeue(out _burst[count])) count++;
            hasMore = _isScheduled = _frames.Count > 0;
        }

        if (hasMore) _loop!.Execute(this);
        if (count > 0) _taker!.OnBurst(_burst.AsSpan(0, count));
    }

    /// <inheritdoc/>
    public void Execute() => Run();
}
