using Microsoft.Extensions.Time.Testing;

namespace ActorStack.TestKit.Driver;

/// <summary>
/// The virtual time of a network. It also knows when its next timer is due, so that the driver can go from one event to the next
/// and each timer finds the clock at its own time.
/// </summary>
internal sealed class VirtualClock() : FakeTimeProvider(Epoch)
{
    private static readonly DateTimeOffset Epoch = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly HashSet<Timer> _running = [];

    /// <summary>The time since the network was made.</summary>
    public TimeSpan Now => GetUtcNow() - Epoch;

    /// <summary>The time at which the next timer is due; null: no timer runs.</summary>
    public TimeSpan? NextTimer
    {
        get
        {
            lock (_gate) return _running.Min(timer => (TimeSpan?)timer.DueAt);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Inner = base.CreateTimer(_ => timer.Fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Notes the next due time of a timer; a negative one stops it.</summary>
    private void Note(Timer timer, TimeSpan dueTime)
    {
        lock (_gate)
        {
            _running.Remove(timer);
            if (dueTime < TimeSpan.Zero) return;
            timer.DueAt = Now + dueTime;
            _running.Add(timer);
        }
    }

    private sealed class Timer(VirtualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public ITimer Inner { get; set; } = null!;

        public TimeSpan DueAt { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            clock.Note(this, dueTime);
            return Inner.Change(dueTime, period);
        }

        public void Fire()
        {
            clock.Note(this, _period > TimeSpan.Zero ? _period : Timeout.InfiniteTimeSpan);
            callback(state);
        }

        public void Dispose()
        {
            clock.Note(this, Timeout.InfiniteTimeSpan);
            Inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
