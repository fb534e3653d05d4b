using System.Diagnostics;

namespace ActorStack.TestKit.Driver;

/// <summary>
/// Runs a test and its network on one thread. Where everything waits, virtual time goes on to the next event: a timer, a packet
/// or a message that arrives.
/// </summary>
internal sealed class NetworkDriver
{
    /// <summary>Before such a step of virtual time other threads get a moment of real time.</summary>
    private static readonly TimeSpan LongStep = TimeSpan.FromMilliseconds(10);

    /// <summary>Before such a step, which may be a time limit, the work that waits for a thread of the pool begins.</summary>
    private static readonly TimeSpan LimitStep = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan ShortMoment = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongMoment = TimeSpan.FromMilliseconds(10);

    /// <summary>The steps before which other threads get a moment after one of them was seen.</summary>
    private const int PatientSteps = 100;

    /// <summary>Real time for other threads before an expectation fails.</summary>
    private static readonly TimeSpan LastCall = TimeSpan.FromSeconds(1);

    /// <summary>Real time after which a test that waits for nothing of the network fails.</summary>
    private static readonly TimeSpan StuckLimit = TimeSpan.FromMinutes(5);

    /// <summary>Virtual time that a run may take.</summary>
    private static readonly TimeSpan RunLimit = TimeSpan.FromHours(1);

    private readonly List<Func<bool>> _turns = [];
    private readonly List<Func<TimeSpan?>> _nextEvents = [];
    private readonly List<Expectation> _expectations = [];
    private int _patience;

    public NetworkDriver()
    {
        Test = new HostContext(Work);
        _turns.Add(Work.Run);
        _nextEvents.Add(() => Clock.NextTimer);
    }

    public VirtualClock Clock { get; } = new();

    public WorkQueue Work { get; } = new();

    /// <summary>The context of the test.</summary>
    public HostContext Test { get; }

    public TimeSpan Now => Clock.Now;

    /// <summary>The run has ended: the stacks of dead hosts are turned too, so that their actors end.</summary>
    public bool IsEnding { get; set; }

    /// <summary>Adds a part of the network.</summary>
    /// <param name="turn">Does what is due now; false: nothing was.</param>
    /// <param name="nextEvent">The virtual time at which more is due; null: nothing is.</param>
    public void Add(Func<bool> turn, Func<TimeSpan?> nextEvent)
    {
        _turns.Add(turn);
        _nextEvents.Add(nextEvent);
    }

    public void Add(Expectation expectation)
    {
        if (!Work.IsCurrentThread)
        {
            throw new InvalidOperationException(
                "The network belongs to the thread of the test. Leave out ConfigureAwait(false) and Task.Run in the test.");
        }

        _expectations.Add(expectation);
    }

    public void Remove(Expectation expectation) => _expectations.Remove(expectation);

    /// <summary>Runs the test to its end.</summary>
    public void Run(Func<Task> test)
    {
        var running = new TaskCompletionSource<Task>();
        Test.Post(_ => running.SetResult(test()), null);
        Pump(() => running.Task.IsCompleted && running.Task.Result.IsCompleted);
        running.Task.Result.GetAwaiter().GetResult();
    }

    /// <summary>Lets the network run, and virtual time pass where nothing else is left to do.</summary>
    /// <param name="done">Ends it; asked where nothing is left to do.</param>
    public void Pump(Func<bool> done)
    {
        var stuck = Stopwatch.StartNew();
        while (true)
        {
            if (Turn())
            {
                stuck.Restart();
                continue;
            }

            if (done()) return;
            if (stuck.Elapsed > StuckLimit) throw Stuck();
            var next = NextEvent();
            if (WaitForOthers(next)) continue;
            if (next is { } due)
            {
                if (due > RunLimit)
                    throw new ExpectationException($"The run took more than {RunLimit.TotalHours} h of virtual time.");
                Clock.Advance(due > Now ? due - Now : TimeSpan.FromTicks(1));
                stuck.Restart();
            }
        }
    }

    private ExpectationException Stuck() => new(
        _expectations.Find(one => one.IsStanding) is { } standing
            ? $"Waited {StuckLimit.TotalSeconds:0} s in vain for {standing.What}."
            : "The test waits for something that the network does not bring. Await only what the network, a peer or a handler "
                + "completes, and take the time from TimeProvider.");

    /// <summary>Does all that is due now, part by part.</summary>
    private bool Turn()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        var worked = false;
        for (var i = 0; i < _turns.Count; i++) worked |= _turns[i]();
        return worked;
    }

    private TimeSpan? NextEvent()
    {
        TimeSpan? next = null;
        foreach (var nextEvent in _nextEvents)
        {
            if (nextEvent() is { } due && !(due >= next)) next = due;
        }

        return next;
    }

    /// <summary>
    /// Waits a moment of real time before virtual time goes on, where a handler or the test may wait for another thread. True:
    /// something came, or time stands still.
    /// </summary>
    private bool WaitForOthers(TimeSpan? next)
    {
        if (_expectations.Exists(one => one.IsStanding))
        {
            Work.Wait(ShortMoment);
            return true;
        }

        var lastCall = _expectations.Find(one => !one.IsLastCall && !(next < one.Deadline));
        var wait = lastCall is not null ? LastCall
            : next is null || _expectations.Count == 0 ? LongMoment
            : _patience > 0 ? Moment
            : next - Now >= LongStep ? ShortMoment
            : TimeSpan.Zero;
        if (lastCall is not null) lastCall.IsLastCall = true;
        if (next - Now >= LimitStep && WaitForPool()) return true;
        if (wait == TimeSpan.Zero) return false;
        Work.Wait(wait);
        var came = Turn();
        _patience = came ? PatientSteps : Math.Max(0, _patience - 1);
        return came;
    }

    /// <summary>
    /// Callbacks of a cancellation run on the thread pool, which may be slow to begin on a busy machine. True: one has brought
    /// something.
    /// </summary>
    private bool WaitForPool()
    {
        var waited = Stopwatch.StartNew();
        while (ThreadPool.PendingWorkItemCount > 0 && waited.Elapsed < LastCall)
        {
            Work.Wait(ShortMoment);
            if (Turn()) return true;
        }

        return false;
    }
}
