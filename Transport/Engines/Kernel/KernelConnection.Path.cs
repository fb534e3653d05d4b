using System.Diagnostics;
using ActorStack.Transport.Linux;
using ActorStack.Transport.State;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Engines.Kernel;

/// <summary>
/// How large a segment may be: as the peer's MSS says (RFC 9293 section 3.7.1), and as the path is known to carry. A socket
/// option sets only the first, so the kernel gets the smaller of both in its place. It raises neither: the software stack tries a
/// larger path MTU when the connection has come back.
/// </summary>
internal sealed partial class KernelConnection
{
    private const int TcpHeaderLength = 20;

    /// <summary>
    /// Timeouts of a full segment after which the path is suspected to swallow such (RFC 4821 section 7.7): as many as Linux
    /// waits for where it looks for black holes itself (tcp_retries1). Fewer would take a machine that is held up for one.
    /// </summary>
    private const int BlackHoleTimeouts = 4;

    private uint _segmentAtImport;
    private uint _pathMtuAtImport;

    // Those from before segments came straight here: the acknowledgment may have waited for the host. Null: they do not yet.
    private int? _timeoutsBefore;

    // All that was sent up to here had been acknowledged.
    private uint? _settledSequence;

    /// <summary>Payload and options of the largest segment that peer, path and application allow, bytes.</summary>
    public static int EffectiveMss(TcpConnectionState state)
    {
        var path = state.Path.Mtu > 0 ? state.Path.Mtu - HeaderLength(state) : int.MaxValue;
        return Math.Min(state.Negotiated.SendMss, Math.Max(Math.Min(path, state.Options.MaximumSegmentSize), LeastSegment));
    }

    private static int HeaderLength(TcpConnectionState state) =>
        IpHeaderWriter.Length(IpAddress.Read(state.Identity.LocalAddress)) + TcpHeaderLength;

    /// <summary>Before anything can be sent.</summary>
    private void BoundSegments()
    {
        var most = EffectiveMss(_imported);
        _repair.SetNegotiated(
            (ushort)most,
            _imported.Negotiated.WindowScaling, _imported.Negotiated.SndWindScale, _imported.Negotiated.RcvWindScale,
            _imported.Negotiated.SackPermitted, _imported.Negotiated.Timestamps);
        _repair.RefreshSegmentSize();
        var kernel = _repair.Information;
        if (kernel.SendMss > most)
            throw new LinuxException($"the kernel would send segments of {kernel.SendMss} bytes; peer and path take {most}");
        (_segmentAtImport, _pathMtuAtImport) = (kernel.SendMss, kernel.PathMtu);
    }

    /// <summary>Unless the kernel found a smaller path MTU, the time until a larger one is tried went on.</summary>
    private TcpConnectionState WithPathMtu(TcpConnectionState state, in TcpInfo kernel)
    {
        var known = KnownPathMtu(kernel);
        var left = state.Path.ProbeMtu > 0 ? 0 : state.Path.RaiseTicksLeft;
        return state with
        {
            Path = state.Path with
            {
                Mtu = known,
                RaiseTicksLeft = known < state.Path.Mtu || left < 0
                ? TcpConnectionState.NotRunning
                : Math.Max(0, left - Stopwatch.GetElapsedTime(_importedAt).Ticks),
                ProbeMtu = 0,
                ProbeStart = 0,
                ProbeEnd = 0,
            },
        };
    }

    /// <summary>The path MTU that was brought along, or a smaller one that the kernel found since.</summary>
    private int KnownPathMtu(in TcpInfo kernel)
    {
        var before = _imported.Path.Mtu > 0 ? _imported.Path.Mtu : int.MaxValue;
        return Math.Min(before, Math.Min((int)kernel.PathMtu, ProbedPathMtu(kernel)));
    }

    // With net.ipv4.tcp_mtu_probing the kernel looks for black holes: its segments shrink, and its path MTU stays the route's.
    private int ProbedPathMtu(in TcpInfo kernel)
    {
        if (kernel.PathMtu != _pathMtuAtImport || kernel.SendMss >= _segmentAtImport) return int.MaxValue;
        var before = Math.Min(EffectiveMss(_imported) + HeaderLength(_imported), (int)_pathMtuAtImport);
        return before - (int)(_segmentAtImport - kernel.SendMss);
    }

    /// <summary>
    /// By default the kernel resends a full segment in the same size until it gives up the connection; the software stack tries
    /// smaller ones. A connection on which all was acknowledged costs nothing until it sends again.
    /// </summary>
    private void WatchTimeouts()
    {
        var sent = Volatile.Read(ref _sendSequence);
        if (sent == _settledSequence) return;
        lock (_gate)
        {
            if (_phase is not KernelPhase.Running || _repair.Handle.IsClosed || _timeoutsBefore is not { } before) return;
            var kernel = _repair.Information;
            if (kernel is { UnackedSegments: 0, NotSentBytes: 0 }) _settledSequence = sent;
            if (kernel.Retransmits < before) _timeoutsBefore = before = 0;
            if (kernel.Retransmits < before + BlackHoleTimeouts || kernel.SendWindow == 0) return;
            if (_repair.SendQueueLength - kernel.NotSentBytes < kernel.SendMss) return;
        }

        RequestUpload(UploadReason.TimeoutExpiration, $"{BlackHoleTimeouts} timeouts of a segment the path may not carry");
    }
}
