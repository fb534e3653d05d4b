using System.Collections.Concurrent;
using ActorStack.Transport.Links;
using ActorStack.Transport.Wire;
using Akka.Dispatch;

namespace ActorStack.Actors.Loop;

/// <summary>
/// One thread that reads a link, advances the timers of its actors and runs their mailboxes. An actor that gets a message from
/// another actor of the loop runs in the same turn, without a wake-up. A message from another thread wakes the loop where it
/// waits.
/// </summary>
internal sealed class EventLoop
{
    /// <summary>The greatest number of frames in one read.</summary>
    public const int BurstSize = 64;

    /// <summary>
    /// The number of consecutive reads of a single frame after which a loop counts as idle. One such read between the frames of
    /// many flows does not make the loop idle.
    /// </summary>
    private const int BurstsUntilIdle = 16;

    /// <summary>
    /// The number of consecutive full reads after which the timers advance although more frames wait: as many as the queue of a
    /// TUN device holds.
    /// </summary>
    private const int FullBurstsUntilTimers = 16;

    /// <summary>The number of mailbox runs between two reads of the link, so that neither starves the other.</summary>
    private const int RunsPerTurn = 512;

    [ThreadStatic]
    private static EventLoop? Current;

    private readonly string _name;
    private readonly LoopMode _mode;
    private readonly Action<Exception, string> _report;
    private readonly Queue<IRunnable> _local = new();
    private readonly ConcurrentQueue<IRunnable> _remote = new();
    private readonly AutoResetEvent _wakeUp = new(false);
    private readonly Lock _lifeLock = new();
    private readonly Lock _wakeLock = new();
    private readonly LinkFrame[] _frames = new LinkFrame[BurstSize];
    private volatile ILoopLink? _link;
    private volatile bool _isLost;
    private volatile bool _running;
    private volatile bool _stopping;
    private int _busyBursts;
    private int _fullBursts;
    private int _waiting;

    /// <summary>Makes a loop, which runs once it is started.</summary>
    /// <param name="name">Names the loop's thread.</param>
    /// <param name="mode">Who turns the loop.</param>
    /// <param name="report">Called with every exception that reaches the loop; the loop continues.</param>
    public EventLoop(string name, LoopMode mode, Action<Exception, string> report)
    {
        _name = name;
        _mode = mode;
        _report = report;
        _running = mode == LoopMode.Manual;
    }

    /// <summary>True on the loop's own thread.</summary>
    public bool IsCurrent => Current == this;

    /// <summary>True on a loop's thread where the current mailbox run is the only work, as in the reads before.</summary>
    public static bool IsCurrentIdle => Current is { _local.Count: 0, _busyBursts: 0 } loop && loop._remote.IsEmpty;

    /// <summary>The time until a timer of the link is due; infinite where none runs.</summary>
    public TimeSpan UntilNextTimer => _link?.UntilNextTimer ?? Timeout.InfiniteTimeSpan;

    /// <summary>Queues a mailbox run or another piece of work. Any thread may call it.</summary>
    public void Execute(IRunnable run)
    {
        if (IsCurrent)
        {
            _local.Enqueue(run);
            return;
        }

        _remote.Enqueue(run);
        Interlocked.MemoryBarrier();
        if (_running) WakeIfWaiting();
        else Start();
    }

    /// <summary>
    /// Serves <paramref name="link"/> from now on. Called on the loop's thread; a loop serves one link at a time.
    /// </summary>
    public void Attach(ILoopLink link)
    {
        if (!IsCurrent) throw new InvalidOperationException("a link is attached on the loop's own thread");
        if (_link is not null)
            throw new InvalidOperationException(
                $"loop '{_name}' already serves link '{_link.Link.Name}'; give each stack a dispatcher of its own");
        _isLost = false;
        _link = link;
    }

    /// <summary>
    /// Stops serving <paramref name="link"/>. After the return no thread wakes the link any more, and it may be disposed.
    /// </summary>
    public void Detach(ILoopLink link)
    {
        lock (_wakeLock)
        {
            if (_link == link) _link = null;
        }
    }

    /// <summary>
    /// One turn: reads a burst, advances the timers, runs the mailboxes and flushes the link. Returns false where there was no
    /// work.
    /// </summary>
    /// <remarks>
    /// A timer expires only where it was due before the link was read, and its owner hears of the burst first: an acknowledgment
    /// that waited in the queue of the link stops the timer. A loop that had no processor for some milliseconds would otherwise
    /// send segments again that were acknowledged meanwhile.
    /// </remarks>
    public bool RunOnce()
    {
        var previous = Current;
        Current = this;
        try
        {
            var readAt = _link?.Now ?? TimeSpan.Zero;
            var worked = ReadBurst();
            if (_fullBursts % FullBurstsUntilTimers == 0) AdvanceTimers(readAt);
            worked |= RunMailboxes();
            Flush();
            return worked || _local.Count > 0;
        }
        finally
        {
            Current = previous;
        }
    }

    /// <summary>
    /// Waits until there may be work. In manual mode only a message of another thread ends the wait before the limit.
    /// </summary>
    public bool Wait(TimeSpan limit)
    {
        Volatile.Write(ref _waiting, 1);
        Interlocked.MemoryBarrier();
        var idle = _remote.IsEmpty && !_stopping;
        if (idle)
        {
            if (WaitsAt is { } link) link.Wait(limit);
            else idle = !_wakeUp.WaitOne(limit);
        }

        Volatile.Write(ref _waiting, 0);
        return !idle;
    }

    /// <summary>Ends the thread when its queues are empty. The next <see cref="Execute"/> starts a new one.</summary>
    public void Stop()
    {
        _stopping = true;
        WakeIfWaiting();
    }

    /// <summary>The link that the thread waits at; null: the thread waits at its own signal.</summary>
    private ILink? WaitsAt => _mode == LoopMode.Thread && !_isLost ? _link?.Link : null;

    private bool ReadBurst()
    {
        if (_link is not { } served || _isLost) return false;
        var count = Receive(served);
        try
        {
            if (count > 1) _busyBursts = BurstsUntilIdle;
            else if (count == 1 && _busyBursts > 0) _busyBursts--;
            _fullBursts = count < BurstSize ? 0 : _fullBursts + 1;
            if (count > 0) served.OnBurst(_frames.AsSpan(0, count));
            if (count < BurstSize) served.OnDrained();
        }
        catch (Exception error)
        {
            _report(error, $"a burst of {count} frames from link '{served.Link.Name}' failed");
        }

        return count > 0;
    }

    /// <summary>Stops reading a link that fails, so that the loop does not spin on it. The timers continue.</summary>
    private int Receive(ILoopLink served)
    {
        try
        {
            return served.Link.Receive(_frames);
        }
        catch (Exception error)
        {
            _isLost = true;
            served.OnLost(error);
            return 0;
        }
    }

    private bool RunMailboxes()
    {
        var runs = 0;
        while (runs < RunsPerTurn && (_local.TryDequeue(out var run) || _remote.TryDequeue(out run)))
        {
            runs++;
            try
            {
                run.Run();
            }
            catch (Exception error)
            {
                _report(error, "a mailbox run failed");
            }
        }

        return runs > 0;
    }

    private void AdvanceTimers(TimeSpan readAt)
    {
        try
        {
            _link?.OnTimers(readAt);
        }
        catch (Exception error)
        {
            _report(error, "a timer failed");
        }
    }

    private void Flush()
    {
        if (_isLost) return;
        try
        {
            _link?.Link.Flush();
        }
        catch (Exception error)
        {
            _report(error, "sending what the turn left failed");
        }
    }

    private void Start()
    {
        lock (_lifeLock)
        {
            if (_running) return;
            _running = true;
            _stopping = false;
            new Thread(Turn) { Name = _name, IsBackground = true }.Start();
        }
    }

    private void Turn()
    {
        while (!HasStopped())
        {
            if (!RunOnce()) Wait(UntilNextTimer);
        }
    }

    private bool HasStopped()
    {
        if (!_stopping || _local.Count > 0) return false;
        lock (_lifeLock)
        {
            _running = false;
            Interlocked.MemoryBarrier();
            if (_remote.IsEmpty) return true;
            _running = true;
            return false;
        }
    }

    private void WakeIfWaiting()
    {
        if (Volatile.Read(ref _waiting) == 0 || Interlocked.Exchange(ref _waiting, 0) == 0) return;
        lock (_wakeLock)
        {
            if (WaitsAt is { } link) link.Wake();
            else _wakeUp.Set();
        }
    }
}
