using System.Diagnostics;
using ActorStack.Transport.Linux;

namespace ActorStack.Transport.Links;

internal sealed unsafe partial class TunQueue
{
    /// <summary>ppoll passes it over.</summary>
    private const int NoDescriptor = -1;

    private const short Gone = Libc.PollError | Libc.PollHangUp | Libc.PollInvalid;

    /// <summary>
    /// The device of this generation went away: to wait for it would end at once, time and again. Of the receiving thread.
    /// </summary>
    private int _goneGeneration = -1;

    public void Wait(TimeSpan timeout)
    {
        if (!_hasReady && !Spin(timeout))
        {
            // Either Wake sees the sleeper, or the sleeper sees that it was woken: both exchange first and look then.
            Interlocked.Exchange(ref _sleeping, 1);
            if (Volatile.Read(ref _woken) == 0) Sleep(timeout);
            Volatile.Write(ref _sleeping, 0);
        }

        // A full fence: what the caller looks at next is not older than the last Wake this swallows.
        Interlocked.Exchange(ref _woken, 0);
    }

    public void Wake()
    {
        if (Interlocked.Exchange(ref _woken, 1) != 0 || Volatile.Read(ref _sleeping) == 0) return;
        ulong one = 1;
        _ = Libc.write(_wake, &one, sizeof(ulong));
    }

    private bool Spin(TimeSpan timeout)
    {
        var spin = _spinTicks;
        if (timeout >= TimeSpan.Zero) spin = Math.Min(spin, (long)(timeout.TotalSeconds * Stopwatch.Frequency));
        var end = Stopwatch.GetTimestamp() + spin;
        do
        {
            if (Volatile.Read(ref _woken) != 0) return true;
            if (TryRead(out _ready)) return _hasReady = true;
            Thread.Yield(); // the peer may be waiting for this very processor
        }
        while (Stopwatch.GetTimestamp() < end);
        return timeout == TimeSpan.Zero;
    }

    private void Sleep(TimeSpan timeout)
    {
        var descriptors = stackalloc Libc.PollDescriptor[2];
        var generation = _tun.Generation;
        var device = generation == _goneGeneration ? NoDescriptor : (int)_device.DangerousGetHandle();
        descriptors[0] = new Libc.PollDescriptor { Descriptor = device, Events = Libc.PollIn };
        descriptors[1] = new Libc.PollDescriptor { Descriptor = (int)_wake.DangerousGetHandle(), Events = Libc.PollIn };
        var limit = new Libc.TimeSpec
        {
            Seconds = timeout.Ticks / TimeSpan.TicksPerSecond,
            Nanoseconds = timeout.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick,
        };
        _ = Libc.ppoll(descriptors, 2, timeout < TimeSpan.Zero ? null : &limit, null);
        if ((descriptors[0].Returned & Gone) != 0) _goneGeneration = generation;
        if ((descriptors[1].Returned & Libc.PollIn) == 0) return;
        ulong count;
        _ = Libc.read(_wake, &count, sizeof(ulong));
    }
}
