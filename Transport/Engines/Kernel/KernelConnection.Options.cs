using ActorStack.Transport.Linux;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Options;

namespace ActorStack.Transport.Engines.Kernel;

/// <summary>The application's options on the kernel's socket. Times are whole seconds there, but the user timeout's.</summary>
internal sealed partial class KernelConnection
{
    private const int LongestSeconds = 32_767;
    private const int MostKeepaliveProbes = 127;
    private const int LeastSegment = 88;
    private const int MostSegment = 32_767;

    private SocketOptions? _changed;

    private SocketOptions Options => _changed ?? SocketOptions.From(_imported, SocketOptions.Default);

    private int ReceiveBound => (int)Math.Min(
        Options.ReceiveBuffer > 0 ? (uint)Options.ReceiveBuffer : int.MaxValue, _imported.Buffers.ReceiveCapacity);

    /// <summary>The application changed them.</summary>
    public void Update(SocketOptions options)
    {
        lock (_gate)
        {
            _changed = options;
            if (_phase is not (KernelPhase.Running or KernelPhase.Initiated) || _repair.Handle.IsClosed) return;
            SetUserOptions();
            SetBounds();
            if (options.SendBuffer > 0) _repair.SetSendBuffer(options.SendBuffer);
        }
    }

    private void SetUserOptions()
    {
        var options = Options;
        SetTcp(SocketOption.NoDelay, options.NoDelay ? 1 : 0);
        SetTcp(SocketOption.Cork, options.Cork ? 1 : 0);
        if (options.QuickAck is { } quick) SetTcp(SocketOption.QuickAck, quick ? 1 : 0);
        SetTcp(SocketOption.UserTimeout, (int)Math.Clamp(options.UserTimeout.TotalMilliseconds, 0, int.MaxValue));
        SetTcp(SocketOption.Linger2, options.Linger2 > TimeSpan.Zero ? Seconds(options.Linger2) : 0);
        _repair.SetLinger(options.Linger);
        _hasCongestionAlgorithm = _repair.TrySetCongestion(_changed?.CongestionAlgorithm ?? _imported.Congestion.Algorithm);
        if (_imported.Negotiated.ReceiveMss > 0)
        {
            var most = (int)Math.Min(_imported.Negotiated.ReceiveMss, options.MaximumSegmentSize);
            SetTcp(SocketOption.MaximumSegment, Math.Clamp(most, LeastSegment, MostSegment));
        }

        SetPacketOptions(options);
        _repair.Set(SocketOption.LevelSocket, SocketOption.KeepAlive, options.KeepAlive ? 1 : 0);
        if (!options.KeepAlive) return;
        SetTcp(SocketOption.KeepIdle, Seconds(options.KeepaliveIdle));
        SetTcp(SocketOption.KeepInterval, Seconds(options.KeepaliveInterval));
        SetTcp(SocketOption.KeepCount, Math.Clamp(options.KeepaliveCount, 1, MostKeepaliveProbes));
    }

    private void SetPacketOptions(SocketOptions options)
    {
        if (_repair.IsIPv6)
        {
            if (options.HopLimit > 0) _repair.Set(SocketOption.LevelIPv6, SocketOption.IPv6UnicastHops, options.HopLimit);
            _repair.Set(SocketOption.LevelIPv6, SocketOption.IPv6TrafficClass, options.TrafficClass);
            return;
        }

        if (options.HopLimit > 0) _repair.Set(SocketOption.LevelIp, SocketOption.IpTimeToLive, options.HopLimit);
        _repair.Set(SocketOption.LevelIp, SocketOption.IpTypeOfService, options.TrafficClass);
    }

    /// <summary>How much may wait on either side.</summary>
    private void SetBounds()
    {
        var unsent = _engine.Settings.NotSentLimit;
        SetTcp(SocketOption.NotSentLowWater, Options.NotSentLowWater > 0 ? Math.Min(Options.NotSentLowWater, unsent) : unsent);
        SetTcp(SocketOption.WindowClamp, ReceiveBound);
    }

    private void SetTcp(int option, int value) => _repair.Set(SocketOption.LevelTcp, option, value);

    private static int Seconds(TimeSpan time) => (int)Math.Clamp(time.Ticks / TimeSpan.TicksPerSecond, 1, LongestSeconds);

    private TcpConnectionState WithOptions(TcpConnectionState state) => _changed?.ApplyTo(state) ?? state;
}
