using System.Collections.Concurrent;
using ActorStack.Transport.Links;
using ActorStack.Transport.Wire;
using Akka.Dispatch;

namespace ActorStack.Actors.Loop;

/// <summary>
/// One thread that reads a link, runs the mailboxes of the actors on it and advances their timers. An actor that is told
/// something by another on the loop runs in the same turn, without a wake-up; what other threads tell wakes the loop where it
/// waits.
/// </summary>
internal sealed class EventLoop
{
    /// <summary>Frames read at once.</summary>
    public const int BurstSize = 64;

    /// <summary>
    /// Single frames in succession after which a loop counts as idle: one between the frames of many flows says nothing.
    /// </summary>
    private const int BurstsUntilIdle = 16;

    /// <summary>Mailbox runs between two reads of the link: neither starves the other.</summary>
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
    private int _waiting;

    /// <summary>Makes a loop, which runs once it is started.</summary>
    /// <param name="name">Names the loop's thread.</param>
    /// <param name="mode">Who turns the loop.</param>
    /// <param name="report">Told of every exception that reached the loop; it goes on.</param>
    public EventLoop(string name, LoopMode mode, Action<Exception, string> report)
    {
        _name = name;
        _mode = mode;
        _report = report;
        _running = mode == LoopMode.Manual;
    }

    /// <summary>The calling thread is the loop's.</summary>
    public bool IsCurrent => Current == this;

    /// <summary>The calling thread is a loop's, and the mailbox run under way is all it has to do, as it was lately.</summary>
    public static bool IsCurrentIdle => Current is { _local.Count: 0, _busyBursts: 0 } loop && loop._remote.IsEmpty;

    /// <summary>Time until a timer of the link is due; infinite where none runs.</summary>
    public TimeSpan UntilNextTimer => _link?.UntilNextTimer ?? Timeout.InfiniteTimeSpan;

    /// <summary>Queues a mailbox run or another piece of work. From any thread.</summary>
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

    /// <summary>Serves <paramref name="link"/> from now on. On the loop's thread; a loop serves one link at a time.</summary>
    public void Attach(ILoopLink link)
    {
        if (!IsCurrent) throw new InvalidOperationException("a link is attached on the loop's own thread");
        if (_link is not null)
            throw new InvalidOperationException($"loop '{_name}' already serves link '{_link.Link.Name}'; give each stack a dispatcher of its own");
        _isLost = false;
        _link = link;
    }

    /// <summary>
    /// Serves <paramref name="link"/> no more: when this returns, no thread wakes it any longer and it may be disposed.
    /// </summary>
    public void Detach(ILoopLink link)
    {
        lock (_wakeLock)
        {
            if (_link == link) _link = null;
        }
    }

    /// <summary>
    /// One turn: a burst, the mailboxes, the timers, and what they sent leaves. False where there was nothing to do.
    /// </summary>
    public bool RunOnce()
    {
        var previous = Current;
        Current = this;
        try
        {
            var worked = ReadBurst();
            worked |= RunMailboxes();
            AdvanceTimers();
            Flush();
            return worked || _local.Count > 0;
        }
        finally
        {
            Current = previous;
        }
    }

    /// <summary>
    /// Waits until there may be something to do. In manual mode only other threads' messages end it before its time.
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

    /// <summary>Ends the thread when its queues are empty; the next <see cref="Execute"/> starts it anew.</summary>
    public void Stop()
    {
        _stopping = true;
        WakeIfWaiting();
    }

    /// <summary>What the thread waits at; null: at its own signal.</summary>
    private ILink? WaitsAt => _mode == LoopMode.Thread && !_isLost ? _link?.Link : null;

    private bool ReadBurst()
    {
        if (_link is not { } served || _isLost) return false;
        var count = Receive(served);
        try
        {
            if (count > 1) _busyBursts = BurstsUntilIdle;
            else if (count == 1 && _busyBursts > 0) _busyBursts--;
            if (count > 0) served.OnBurst(_frames.AsSpan(0, count));
            if (count < BurstSize) served.OnDrained();
        }
        catch (Exception error)
        {
            _report(error, $"a burst of {count} frames from link '{served.Link.Name}' failed");
        }

        return count > 0;
    }

    /// <summary>A link that cannot be read is read no more, lest the loop spin on it; its timers go on.</summary>
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

    private void AdvanceTimers()
    {
        try
        {
            _link?.OnTimers();
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
