using System.Collections.Concurrent;
using System.Diagnostics;
using ActorStack.Transport.Links;
using ActorStack.Transport.Linux;
using Microsoft.Win32.SafeHandles;

namespace ActorStack.Transport.Emulation.Paths;

/// <summary>
/// Carries real traffic between two network namespaces, through a TUN device in each, over a described path. One thread does it
/// all, and nothing is allocated per packet. Devices and thread are gone when it is disposed.
/// </summary>
internal sealed unsafe class PathEmulator : IDisposable
{
    /// <summary>
    /// After work it sleeps so long whatever comes, as a network card moderates its interrupts: packets close together are
    /// handled together. A packet that comes alone is not delayed.
    /// </summary>
    private static readonly TimeSpan Moderation = TimeSpan.FromMicroseconds(50);

    private static readonly TimeSpan MaximumLateness = TimeSpan.FromMicroseconds(100);

    private readonly TunDevice _leftDevice;
    private readonly TunDevice _rightDevice;
    private readonly SafeFileHandle _left;
    private readonly SafeFileHandle _right;
    private readonly SafeFileHandle _wake;
    private readonly Thread _thread;
    private readonly long _origin = Stopwatch.GetTimestamp();
    private readonly ConcurrentQueue<Action> _posted = new();
    private DelayLine _forward;
    private DelayLine _backward;
    private TimeSpan _lateness;
    private bool _stopping;
    private bool _isCut;

    private PathEmulator(TunDevice left, TunDevice right, SafeFileHandle wake, PathDescription path)
    {
        (_leftDevice, _rightDevice) = (left, right);
        (_left, _right, _wake) = (left.Handle, right.Handle, wake);
        (_forward, _backward) = Lay(path);
        _thread = new Thread(Work) { Name = "path", IsBackground = true };
        _thread.Start();
    }

    /// <summary>
    /// Makes the two devices and starts. Throws <see cref="LinuxException"/> that says what to do; nothing is then left behind.
    /// </summary>
    public static PathEmulator Open(NetworkNamespace left, NetworkNamespace right, TunLinkSettings device, PathDescription path)
    {
        var first = left.Run(() => TunDevice.Open(device));
        TunDevice? second = null;
        try
        {
            second = right.Run(() => TunDevice.Open(device));
            var wake = Libc.eventfd(0, Libc.EventNonBlocking | Libc.EventCloseOnExec);
            if (wake.IsInvalid) throw LinuxException.FromLastError("making an eventfd");
            return new PathEmulator(first, second, wake, path);
        }
        catch (LinuxException)
        {
            first.Dispose();
            second?.Dispose();
            throw;
        }
    }

    /// <summary>Replaces the path, and drops the packets on their way. Returns the report of the former path.</summary>
    public Task<PathReport> ReplaceAsync(PathDescription path) => CallAsync(() =>
    {
        var report = Report();
        (_forward, _backward) = Lay(path);
        return report;
    });

    /// <summary>The report of the path up to now.</summary>
    public Task<PathReport> ReportAsync() => CallAsync(Report);

    public void Dispose()
    {
        if (_stopping) return;
        Post(() => _stopping = true);
        _thread.Join();
        _leftDevice.Dispose();
        _rightDevice.Dispose();
        _wake.Dispose();
    }

    private TimeSpan Now => Stopwatch.GetElapsedTime(_origin);

    private static (DelayLine Forward, DelayLine Backward) Lay(PathDescription path) =>
        (new DelayLine(path.Forward, 2 * path.Seed, path.ForwardRules),
            new DelayLine(path.Backward, 2 * path.Seed + 1, path.BackwardRules));

    private PathReport Report() => new(_forward.Statistics, _backward.Statistics, _forward.Trace, _backward.Trace);

    private Task<T> CallAsync<T>(Func<T> function)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                done.SetResult(function());
            }
            catch (Exception error)
            {
                // Left to the emulator's thread it would end the process: the caller is told.
                done.SetException(error);
            }
        });
        return done.Task;
    }

    private void Post(Action action)
    {
        _posted.Enqueue(action);
        ulong one = 1;
        _ = Libc.write(_wake, &one, sizeof(ulong));
    }

    private void Work()
    {
        // Timers that fire when they are due, not some 50 us later.
        _ = Libc.prctl(Libc.SetTimerSlack, 1, 0, 0, 0);
        while (!_stopping)
        {
            while (_posted.TryDequeue(out var action)) action();

            // A kernel answers within the delivery: what it says is taken at once.
            var isBusy = _forward.Deliver(_right, Now) | _backward.Deliver(_left, Now);
            isBusy |= _forward.Take(_left, Now) | _backward.Take(_right, Now);
            if (isBusy) Sleep(Moderation, devices: false);
            else Sleep(UntilDue(), devices: !_isCut);
        }
    }

    /// <summary>Null: nothing is on its way.</summary>
    private TimeSpan? UntilDue()
    {
        var next = (_forward.NextDue, _backward.NextDue) switch
        {
            ({ } forward, { } backward) => forward < backward ? forward : backward,
            var (forward, backward) => forward ?? backward,
        };
        return next is { } due ? TimeSpan.FromTicks(Math.Max(0, (due - Now - _lateness).Ticks)) : null;
    }

    private void Sleep(TimeSpan? limit, bool devices)
    {
        var descriptors = stackalloc Libc.PollDescriptor[3];
        descriptors[0] = new Libc.PollDescriptor { Descriptor = (int)_wake.DangerousGetHandle(), Events = Libc.PollIn };
        descriptors[1] = new Libc.PollDescriptor { Descriptor = (int)_left.DangerousGetHandle(), Events = Libc.PollIn };
        descriptors[2] = new Libc.PollDescriptor { Descriptor = (int)_right.DangerousGetHandle(), Events = Libc.PollIn };
        var time = limit ?? default;
        var timeout = new Libc.TimeSpec
        {
            Seconds = time.Ticks / TimeSpan.TicksPerSecond,
            Nanoseconds = time.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick,
        };
        var start = Now;
        var ready = Libc.ppoll(descriptors, devices ? 3u : 1u, limit is null ? null : &timeout, null);
        // A device was deleted.
        if (devices && ((descriptors[1].Returned | descriptors[2].Returned) & Libc.PollError) != 0) _isCut = true;
        if (ready == 0 && time > TimeSpan.Zero) LearnLateness(Now - start - time);
        if ((descriptors[0].Returned & Libc.PollIn) == 0) return;
        ulong count;
        _ = Libc.read(_wake, &count, sizeof(ulong));
    }

    /// <summary>
    /// How late timers fire here, on average: the next one is set so much earlier, and what is left is spun away.
    /// </summary>
    private void LearnLateness(TimeSpan late)
    {
        const int Weight = 8;
        _lateness += (late - _lateness) / Weight;
        if (_lateness > MaximumLateness) _lateness = MaximumLateness;
    }
}
