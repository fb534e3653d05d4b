using System.Buffers;
using System.Diagnostics;
using ActorStack.Transport.Linux;
using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;

namespace ActorStack.Transport.Engines.Kernel;

/// <summary>
/// Out of the kernel, losing nothing. A socket in repair mode still takes segments, so first they are steered away, then those
/// under way are waited for, then the door is shut, and only then is it read.
/// </summary>
internal sealed partial class KernelConnection
{
    // Segments that were steered here before the switch are in a softirq of another CPU, microseconds away.
    private const int StableReads = 32;

    // Bytes that are not worth another read before the freeze.
    private const int ShortRest = 64 * 1024;

    private static readonly TimeSpan GapPatience = TimeSpan.FromMilliseconds(5);

    private async Task TerminateAsync()
    {
        try
        {
            await StopPumpsAsync().ConfigureAwait(false);
            DrainReceiveQueue();
            var (image, ledger) = Freeze();
            Close();
            if (image.State.Identity.State is TcpState.Closed) _events.Aborted(Handle, EndOf(_freezeError));
            else _events.Terminated(Handle, image, ledger);
        }
        catch (Exception error)
        {
            Close();
            _events.Aborted(Handle, error);
        }
    }

    private int _freezeError;

    private (ConnectionImage Image, FidelityLedger Ledger) Freeze()
    {
        _repair.Set(SocketOption.LevelSocket, SocketOption.Mark, 0);
        _events.Frozen(Handle);
        _repair.EnterRepair();
        AwaitStableSequence();
        _repair.DropArriving();
        return (Capture(), KernelFidelity.OfExport);
    }

    /// <summary>
    /// Copies most of a long queue while the kernel still answers. The clamp lets the kernel announce about a kilobyte, and a
    /// peer nearby fills that as fast as it is read: what is read ahead is therefore bounded by what was queued and announced
    /// before. The rest is short and is copied behind the door.
    /// </summary>
    private void DrainReceiveQueue()
    {
        _repair.Set(SocketOption.LevelTcp, SocketOption.WindowClamp, 1);
        var start = Stopwatch.GetTimestamp();
        var bound = (long)_repair.ReceiveQueueLength + _repair.Information.ReceiveWindow;
        do bound -= ReadReceiveQueue();
        while (bound > 0
            && (_repair.ReceiveQueueLength > ShortRest || (HasGap && Stopwatch.GetElapsedTime(start) < GapPatience)));
    }

    // Data beyond a gap cannot be read, but the peer was told of it by SACK and would resend it only after a timeout.
    private bool HasGap => _repair.ReceiveMemory > 0 && _repair.ReceiveQueueLength == 0;

    private int ReadReceiveQueue()
    {
        if (_repair.ReceiveQueueLength is not (> 0 and var length)) return 0;
        var count = Math.Max(0, _repair.Receive(_buffers.Receive.GetMemory(length).Span[..length]));
        _buffers.Receive.Advance(count);
        return count;
    }

    private void AwaitStableSequence()
    {
        var last = _repair.ReceiveSequence;
        for (var stable = 0; stable < StableReads; stable++)
        {
            var now = _repair.ReceiveSequence;
            if (now != last) stable = 0;
            last = now;
        }
    }

    private ConnectionImage Capture()
    {
        var info = _repair.Information;
        SettleSent();
        var receiveNext = _repair.ReceiveSequence;
        TakeReceiveQueue();
        var end = _repair.SendSequence;
        var kernel = StateOf(info);
        var finOutstanding = kernel is TcpState.FinWait1 or TcpState.Closing or TcpState.LastAck ? 1 : 0;
        var (outstanding, notSent) = (_repair.SendQueueLength, _repair.NotSentLength);
        var inFlight = Math.Max(0, outstanding - notSent - finOutstanding);
        var payload = CapturePayload(inFlight, notSent);
        var window = _repair.Window;
        var times = WithTimes(
            WithOptions(_imported), info, kernel, inFlight + finOutstanding, window.SndWnd, notSent + (int)_unsent.Length);
        var state = WithQueues(WithPath(times, info), kernel, window, receiveNext);
        state = state with
        {
            Send = state.Send with
            {
                SndUna = end - (uint)outstanding,
                SndNxt = end - (uint)notSent,
                SndMax = end - (uint)notSent,
                SndWl2 = end - (uint)outstanding,
            },
            Queues = new QueuesSection { SendLength = payload.Length },
            Statistics = state.Statistics with
            {
                BytesSent = state.Statistics.BytesSent + AcknowledgedBytes(info) + inFlight - _imported.UnacknowledgedLength,
                BytesReceived = state.Statistics.BytesReceived + (uint)(receiveNext - _imported.Receive.RcvNxt),
            },
        };
        return new ConnectionImage(state, new ConnectionPayload { Send = new ReadOnlySequence<byte>(payload) });
    }

    /// <summary>The sent bytes of the socket, then its unsent ones, then those that it was never given.</summary>
    private byte[] CapturePayload(int inFlight, int notSent)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(inFlight + notSent + (int)_unsent.Length);
        _repair.PeekSendQueue(bytes.AsSpan(0, inFlight + notSent));
        _unsent.CopyTo(bytes.AsSpan(inFlight + notSent));
        return bytes;
    }

    private TcpConnectionState WithQueues(TcpConnectionState state, TcpState kernel, in RepairWindow window, uint receiveNext)
    {
        var isPeerFinished = kernel is TcpState.CloseWait or TcpState.Closing or TcpState.LastAck or TcpState.TimeWait;
        if (isPeerFinished) _buffers.Receive.Complete();
        var before = state.Buffers;
        return state with
        {
            Identity = state.Identity with { State = kernel },
            Send = state.Send with
            {
                SndWnd = window.SndWnd,
                MaxSndWnd = window.MaxSndWnd,
                SndWl1 = window.SndWl1,
                SmallOutstanding = 0,
                FinQueued = _imported.Send.FinQueued || _buffers.Send.IsCompleted,
            },
            Receive = state.Receive with
            {
                RcvNxt = receiveNext,
                RcvWnd = window.RcvWnd,
                RcvWup = window.RcvWup,
                LastAckSent = window.RcvWup,
                FinReceived = isPeerFinished,
                HasPendingFin = false,
            },
            Pending = state.Pending with { AckPending = window.RcvWup != receiveNext },
            Buffers = before with
            {
                ReceiveLimit = Math.Clamp(
                    window.RcvWnd, before.ReceiveLimit, Math.Max(before.ReceiveLimit, before.ReceiveCapacity)),
            },
            ReceiveTuning = state.ReceiveTuning with { RoundTicks = TcpConnectionState.NotRunning },
        };
    }

    // Without what the import itself sent again.
    private long AcknowledgedBytes(in TcpInfo info) => (long)info.BytesAcknowledged - (SentAgain ? 1 : 0);

    private TcpState StateOf(TcpInfo info)
    {
        if (info.State != KernelState.Close) return KernelState.ToTcpState(info.State);

        // After both FINs the socket itself is closed, and a remnant the steering cannot see waits for the time to be over.
        if (_isFinished || (_imported.Send.FinSent && (_freezeError = _repair.TakeError()) == 0)) return TcpState.TimeWait;
        return TcpState.Closed;
    }

    private void TakeReceiveQueue()
    {
        var length = _repair.ReceiveQueueLength;
        if (length > 0)
        {
            _repair.PeekReceiveQueue(_buffers.Receive.GetMemory(length).Span[..length]);
            _buffers.Receive.Advance(length);
        }

        _buffers.Receive.Flush();
    }

    private TcpConnectionState WithTimes(
        TcpConnectionState state, TcpInfo info, TcpState kernel, int inFlight, uint sendWindow, int unsent)
    {
        var hasRtt = info.Rtt > 0;
        var rto = hasRtt ? Ticks(info.Rto) : state.RoundTrip.RtoTicks;
        var hasMinimum = hasRtt && info.MinimumRtt != uint.MaxValue;
        var idle = Math.Min(info.LastDataReceived, info.LastAckReceived) * TimeSpan.TicksPerMillisecond;
        return state with
        {
            RoundTrip = state.RoundTrip with
            {
                HasRtt = hasRtt || state.RoundTrip.HasRtt,
                SRttTicks = hasRtt ? Ticks(info.Rtt) : state.RoundTrip.SRttTicks,
                RttVarTicks = hasRtt ? Ticks(info.RttVariation) : state.RoundTrip.RttVarTicks,
                MinRttTicks = hasMinimum ? Ticks(info.MinimumRtt) : state.RoundTrip.MinRttTicks,
                RecentMinRttTicks = hasMinimum ? TcpConnectionState.NotRunning : state.RoundTrip.RecentMinRttTicks,
                RtoTicks = rto,
            },
            Retransmission = state.Retransmission with
            {
                RetransmitCount = info.Retransmits,
                RetransmittingTicks = TcpConnectionState.NotRunning,
            },
            Timers = state.Timers with
            {
                RetransmitTicksLeft = inFlight > 0 ? RetransmitTicksLeft(info, rto) : TcpConnectionState.NotRunning,
                PersistTicksLeft = inFlight == 0 && sendWindow == 0 && unsent > 0 ? rto : TcpConnectionState.NotRunning,
                DelayedAckTicksLeft = TcpConnectionState.NotRunning,
                KeepaliveTicksLeft = state.Options.KeepAlive
                    ? Math.Max(0, state.Options.KeepaliveIdleTicks - idle)
                    : TcpConnectionState.NotRunning,
                CorkTicksLeft = TcpConnectionState.NotRunning,
                LingerTicksLeft = state.Timers.LingerTicksLeft < 0
                    ? state.Timers.LingerTicksLeft
                    : Math.Max(0, state.Timers.LingerTicksLeft - Stopwatch.GetElapsedTime(_importedAt).Ticks),
                TimeWaitTicksLeft = kernel is TcpState.TimeWait ? TimeSpan.FromSeconds(60).Ticks : TcpConnectionState.NotRunning,
            },
            Liveness = state.Liveness with
            {
                PersistProbes = 0,
                KeepaliveProbes = 0,
                IdleTicks = idle,
                SendIdleTicks = info.LastDataSent * TimeSpan.TicksPerMillisecond,
            },
            Pending = state.Pending with { CorkExpired = false },
            Statistics = state.Statistics with
            {
                PayloadIdleTicks = info.LastDataReceived * TimeSpan.TicksPerMillisecond,
                SendHold = 0,
                SendingTicks = state.Statistics.SendingTicks
                    + Ticks64(info.BusyTime - Math.Min(info.BusyTime, info.ReceiveWindowLimited + info.SendBufferLimited)),
                PeerLimitedTicks = state.Statistics.PeerLimitedTicks + Ticks64(info.ReceiveWindowLimited),
                SendLimitedTicks = state.Statistics.SendLimitedTicks + Ticks64(info.SendBufferLimited),
                DeliveredMarked = state.Statistics.DeliveredMarked + (long)info.DeliveredMarked * info.SendMss,
                ReorderedSegments = Math.Max(state.Statistics.ReorderedSegments, (int)Math.Min(info.Reordering, int.MaxValue)),
            },
            Timestamps = state.Timestamps with
            {
                HasTsRecent = false,
                TsRecent = 0,
                TsRecentAgeTicks = 0,
                TsFloor = 0,
                TsFloorNext = 0,
                TsFloorAgeTicks = 0,
                ClockTicks = state.Negotiated.Timestamps
                    ? (_repair.Timestamp | 1) * TimeSpan.TicksPerMillisecond
                    : state.Timestamps.ClockTicks,
            },
        };

        static long Ticks64(ulong microseconds) => (long)microseconds * TimeSpan.TicksPerMicrosecond;
        static long Ticks(uint microseconds) => microseconds * TimeSpan.TicksPerMicrosecond;
    }

    // Frequent moves must not start the timer over and over: without an acknowledgment since the import, the record's goes on.
    private long RetransmitTicksLeft(TcpInfo info, long rto)
    {
        var stay = Stopwatch.GetElapsedTime(_importedAt).Ticks;
        var left = AcknowledgedBytes(info) == 0 && _imported.Timers.RetransmitTicksLeft >= 0
            ? _imported.Timers.RetransmitTicksLeft - stay
            : rto - Math.Min(stay, info.LastAckReceived * TimeSpan.TicksPerMillisecond);
        return Math.Max(0, left);
    }

    private TcpConnectionState WithPath(TcpConnectionState state, TcpInfo info)
    {
        state = WithPathMtu(state, info);
        return state with
        {
            Congestion = state.Congestion with
            {
                PrivateState = [],
                Cwnd = info.CongestionWindow * info.SendMss,
                SsThresh = ToBytes(info.SlowStartThreshold, info.SendMss),
                CwndLimited = false,
            },
            Pending = state.Pending with { RetransmitPending = info.Lost > 0, ProbePending = false },
            Acknowledging = state.Acknowledging with { QuickAcks = 0, DuplicateAcksOwed = 0 },
            Statistics = state.Statistics with
            {
                SegmentsSent = state.Statistics.SegmentsSent + info.SegmentsOut,
                SegmentsReceived = state.Statistics.SegmentsReceived + info.SegmentsIn,
                Retransmissions = state.Statistics.Retransmissions + info.TotalRetransmissions,
            },
        };
    }
}
