using System.Net.Sockets;
using ActorStack.Transport.Linux;
using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Engines.Kernel;

/// <summary>
/// One connection in the kernel. Parts: Import, Path, Pumps, Export. Every transition of its phase happens under the lock; what
/// the transition leads to happens outside it.
/// </summary>
internal sealed partial class KernelConnection
{
    private readonly KernelEngine _engine;
    private readonly TcpConnectionState _imported;
    private ConnectionPayload _payload;
    private readonly ConnectionBuffers _buffers;
    private readonly IEngineEvents _events;
    private readonly RepairSocket _repair;
    private readonly FlowKey _flow;
    private readonly Lock _gate = new();
    private KernelPhase _phase = KernelPhase.Initiated;

    private KernelConnection(
        KernelEngine engine, EngineHandle handle, ConnectionImage image, ConnectionBuffers buffers, IEngineEvents events,
        RepairSocket repair)
    {
        _engine = engine;
        Handle = handle;
        _imported = image.State.WithoutRecovery(); // the kernel takes nothing of it
        _payload = image.Payload;
        _buffers = buffers;
        _events = events;
        _repair = repair;
        _flow = FlowOf(_imported.Identity);
    }

    public EngineHandle Handle { get; }

    /// <summary>The caller committed: from here on the kernel answers for the connection.</summary>
    public void Activate()
    {
        if (!TryEnter(KernelPhase.Running, KernelPhase.Initiated)) return;
        try
        {
            _repair.LeaveRepair();
            _repair.Set(SocketOption.LevelSocket, SocketOption.Mark, (int)_engine.Settings.ForwardMark);
            Prime();
            StartPumps();
        }
        catch (LinuxException error)
        {
            _ = FailAsync(error);
        }
    }

    /// <summary>Segments from the wire come straight here from now on.</summary>
    public void Engage()
    {
        lock (_gate)
        {
            if (_phase != KernelPhase.Running) return;
            _repair.Set(SocketOption.LevelSocket, SocketOption.Mark, (int)_engine.Settings.SocketMark);
            _timeoutsBefore = _repair.Information.Retransmits;
        }
    }

    public void Terminate()
    {
        if (TryEnter(KernelPhase.Leaving, KernelPhase.Running)) _ = TerminateAsync();
    }

    /// <summary>Forgets the connection; the kernel sends nothing more for it.</summary>
    public void Invalidate()
    {
        if (!TryEnter(KernelPhase.Gone, KernelPhase.Initiated, KernelPhase.Running, KernelPhase.Leaving)) return;
        Fence();
        _ = CloseAsync();
    }

    public bool TryQuery(out EngineConnectionInfo info)
    {
        info = default;
        TcpInfo kernel;
        lock (_gate)
        {
            if (_phase is KernelPhase.Gone || _repair.Handle.IsClosed) return false;
            kernel = _repair.Information;
        }

        if (kernel.State == KernelState.Close && !_isFinished) TryReportEnd();
        info = new EngineConnectionInfo(
            KernelState.ToTcpState(kernel.State), (long)kernel.BytesReceived, Math.Max(0, AcknowledgedBytes(kernel)),
            TimeSpan.FromMicroseconds(kernel.Rtt), kernel.CongestionWindow * kernel.SendMss,
            ToBytes(kernel.SlowStartThreshold, kernel.SendMss), kernel.TotalRetransmissions);
        return true;
    }

    /// <summary>
    /// Where no read is pending, because the peer has finished or the application lets its bytes lie, no call tells of a reset or
    /// a timeout: it is looked for. Nor does a call tell of timeouts that may go on.
    /// </summary>
    public void Watch()
    {
        try
        {
            if (!_isReading) TryQuery(out _);
            WatchTimeouts();
        }
        catch (LinuxException error)
        {
            _ = FailAsync(error);
        }
    }

    /// <summary>What the kernel says, counted since it took over; but the path MTU is the one that bounds its packets.</summary>
    public TcpStatistics? QueryStatistics()
    {
        lock (_gate)
        {
            if (_phase is KernelPhase.Gone || _repair.Handle.IsClosed) return null;
            var kernel = _repair.Information;
            return KernelStatistics.From(kernel) with { Pmtu = KnownPathMtu(kernel) };
        }
    }

    private bool TryEnter(KernelPhase phase, params ReadOnlySpan<KernelPhase> from)
    {
        lock (_gate)
        {
            if (!from.Contains(_phase)) return false;
            _phase = phase;
            return true;
        }
    }

    /// <summary>
    /// Of a socket that the kernel closed: a reset, or an answer that never came. False: both sides had finished, which a read
    /// tells.
    /// </summary>
    private bool TryReportEnd()
    {
        int error;
        lock (_gate)
        {
            if (_phase is not KernelPhase.Running) return true;
            error = _repair.TakeError();
        }

        if (error == 0 && _imported.Send.FinSent) return false;
        _ = FailAsync(EndOf(error));
        return true;
    }

    private Exception EndOf(int error) => error switch
    {
        0 or Libc.EPIPE or Libc.ECONNRESET => new SocketException((int)SocketError.ConnectionReset),
        Libc.ETIMEDOUT => new SocketException((int)SocketError.TimedOut),
        _ => new LinuxException($"connection {_flow}", error),
    };

    private async Task FailAsync(Exception error)
    {
        if (!TryEnter(KernelPhase.Gone, KernelPhase.Running)) return;

        // A pump may be the one that fails: it must end before it is waited for.
        await Task.Yield();
        await StopPumpsAsync().ConfigureAwait(false);
        Close();
        _events.Aborted(Handle, error);
    }

    private async Task CloseAsync()
    {
        await StopPumpsAsync().ConfigureAwait(false);
        Close();
    }

    private void Fence()
    {
        lock (_gate)
        {
            if (_repair.Handle.IsClosed) return;
            _repair.Set(SocketOption.LevelSocket, SocketOption.Mark, 0);
            _repair.EnterRepair();
            _repair.DropArriving();
        }
    }

    private void Close()
    {
        lock (_gate)
        {
            _phase = KernelPhase.Gone;
            _engine.Seed?.Remove(_cookie);
            if (!_repair.Handle.IsClosed) _repair.Forget();
            if (_socket is not null) _socket.Dispose();
            else _repair.Dispose();
        }

        _engine.Forget(this);
    }

    private static FlowKey FlowOf(IdentitySection identity) => new(
        new TcpEndpoint(IpAddress.Read(identity.LocalAddress), identity.LocalPort),
        new TcpEndpoint(IpAddress.Read(identity.RemoteAddress), identity.RemotePort));

    // The kernel counts windows in segments; its "unknown" threshold is 0x7fffffff.
    private static uint ToBytes(uint segments, uint mss) =>
        segments >= int.MaxValue ? uint.MaxValue : (uint)Math.Min((ulong)segments * mss, uint.MaxValue - 1);
}
