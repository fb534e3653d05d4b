using System.Runtime.CompilerServices;
using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp.Sending;

namespace ActorStack.Transport.Tcp.Timers;

/// <summary>One deadline for each <see cref="TcpTimer"/>. The host arms one timer for the nearest.</summary>
internal struct TimerTable
{
    private static readonly TimeSpan Stopped = TimeSpan.MaxValue;
    private Deadlines _deadlines;

    public TimerTable() => ((Span<TimeSpan>)_deadlines).Fill(Stopped);

    public readonly TimeSpan? Next
    {
        get
        {
            var next = Stopped;
            foreach (var deadline in (ReadOnlySpan<TimeSpan>)_deadlines)
            {
                if (deadline < next) next = deadline;
            }

            return next == Stopped ? null : next;
        }
    }

    public readonly bool IsRunning(TcpTimer timer) => _deadlines[(int)timer] != Stopped;

    public void Start(TcpTimer timer, TimeSpan deadline) => _deadlines[(int)timer] = deadline;

    /// <summary>Makes a timer expire no later than another.</summary>
    public void Align(TcpTimer timer, TcpTimer latest)
    {
        if (_deadlines[(int)timer] > _deadlines[(int)latest]) _deadlines[(int)timer] = _deadlines[(int)latest];
    }

    public void Stop(TcpTimer timer) => _deadlines[(int)timer] = Stopped;

    public void StopAll() => this = new TimerTable();

    /// <summary>True once when the deadline has come; the timer is then stopped.</summary>
    public bool Expire(TcpTimer timer, TimeSpan now)
    {
        if (_deadlines[(int)timer] > now) return false;
        Stop(timer);
        return true;
    }

    public readonly TimersSection Export(TimeSpan now) => new()
    {
        RetransmitTicksLeft = TicksLeft(TcpTimer.Retransmit, now),
        DelayedAckTicksLeft = TicksLeft(TcpTimer.DelayedAck, now),
        PersistTicksLeft = TicksLeft(TcpTimer.Persist, now),
        KeepaliveTicksLeft = TicksLeft(TcpTimer.Keepalive, now),
        TimeWaitTicksLeft = TicksLeft(TcpTimer.TimeWait, now),
        PacingTicksLeft = TicksLeft(TcpTimer.Pacing, now),
        ReorderingTicksLeft = TicksLeft(TcpTimer.Reordering, now),
        TailLossProbeTicksLeft = TicksLeft(TcpTimer.TailLossProbe, now),
        CorkTicksLeft = TicksLeft(TcpTimer.Cork, now),
        LingerTicksLeft = TicksLeft(TcpTimer.Linger, now),
        DeferAcceptTicksLeft = TicksLeft(TcpTimer.DeferAccept, now),
    };

    public void Restore(TimersSection section, TimeSpan now)
    {
        Restore(TcpTimer.Retransmit, section.RetransmitTicksLeft, now);
        Restore(TcpTimer.DelayedAck, section.DelayedAckTicksLeft, now);
        Restore(TcpTimer.Persist, section.PersistTicksLeft, now);
        Restore(TcpTimer.Keepalive, section.KeepaliveTicksLeft, now);
        Restore(TcpTimer.TimeWait, section.TimeWaitTicksLeft, now);
        Restore(TcpTimer.Pacing, Math.Min(section.PacingTicksLeft, Pacer.LongestWait.Ticks), now);
        Restore(TcpTimer.Reordering, section.ReorderingTicksLeft, now);
        Restore(TcpTimer.TailLossProbe, section.TailLossProbeTicksLeft, now);
        Restore(TcpTimer.Cork, section.CorkTicksLeft, now);
        Restore(TcpTimer.Linger, section.LingerTicksLeft, now);
        Restore(TcpTimer.DeferAccept, section.DeferAcceptTicksLeft, now);
    }

    /// <summary>Ticks to the deadline, 0 where it has passed, as the record carries it.</summary>
    private readonly long TicksLeft(TcpTimer timer, TimeSpan now) => IsRunning(timer)
        ? Math.Max(0, (_deadlines[(int)timer] - now).Ticks)
        : TcpConnectionState.NotRunning;

    private void Restore(TcpTimer timer, long ticksLeft, TimeSpan now)
    {
        if (ticksLeft >= 0) Start(timer, now + TimeSpan.FromTicks(ticksLeft));
    }

    [InlineArray(Count)]
    private struct Deadlines
    {
        public const int Count = 11;

        private TimeSpan _first;
    }
}
