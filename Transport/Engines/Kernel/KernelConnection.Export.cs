using System.Diagnostics;
using ActorStack.Transport.Linux;
using ActorStack.Transport.State;

namespace ActorStack.Transport.Engines.Kernel;

/// <summary>
/// Out of the kernel, losing nothing. A socket in repair mode still takes segments, so first they are steered away, then those
/// under way are waited for, then the door is shut, and only then is it read.
/// </summary>
internal sealed partial class KernelConnection
{
    // Segments that were steered here before the switch are in a softirq of another CPU, microseconds away.
    private const int StableReads = 32;

    private static readonly TimeSpan GapPatience = TimeSpan.FromMilliseconds(5);

    private async Task TerminateAsync()
    {
        try
        {
            await StopPumpsAsync().ConfigureAwait(false);
            DrainReceiveQueue();
            var (state, ledger) = Freeze();
            Close();
            if (state.State is TcpState.Closed) _events.Aborted(Handle, EndOf(_freezeError));
            else _events.Terminated(Handle, state, ledger);
        }
        catch (Exception error)
        {
            Close();
            _events.Aborted(Handle, error);
        }
    }

    private int _freezeError;

    private (TcpConnectionState State, FidelityLedger Ledger) Freeze()
    {
        _repair.Set(SocketOption.LevelSocket, SocketOption.Mark, 0);
        _events.Frozen(Handle);
        _repair.EnterRepair();
        AwaitStableSequence();
        _repair.DropArriving();
        return (Capture(), KernelFidelity.OfExport);
    }

    // Most of a long queue is copied while the kernel still answers. It announces no more than it has, so that this comes to an end.
    // Nor is it left while data waits beyond a gap: that cannot be read, but the peer was told of it by SACK and would resend it only
    // after a timeout.
    private void DrainReceiveQueue()
    {
        _repair.Set(SocketOption.LevelTcp, SocketOption.WindowClamp, 1);
        var start = Stopwatch.GetTimestamp();
        do ReadReceiveQueue();
        while (_repair.ReceiveMemory > 0 && Stopwatch.GetElapsedTime(start) < GapPatience);
    }

    private void ReadReceiveQueue()
    {
        while (_repair.ReceiveQueueLength is > 0 and var length)
        {
            var count = _repair.Receive(_buffers.Receive.GetMemory(length).Span);
            if (count <= 0) return;
            _buffers.Receive.Advance(count);
        }
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

    private TcpConnectionState Capture()
    {
        var info = _repair.Information;
        SettleSent();
        var receiveNext = _repair.ReceiveSequence;
        TakeReceiveQueue();
        var state = StateOf(info);
        var isPeerFinished = state is TcpState.CloseWait or TcpState.Closing or TcpState.LastAck or TcpState.TimeWait;
        if (isPeerFinished) _buffers.Receive.Complete();
        var outstanding = _repair.SendQueueLength;
        var notSent = _repair.NotSentLength;
        var finOutstanding = state is TcpState.FinWait1 or TcpState.Closing or TcpState.LastAck ? 1 : 0;
        var unacknowledged = GC.AllocateUninitializedArray<byte>(Math.Max(0, outstanding - notSent - finOutstanding));
        var unsent = GC.AllocateUninitializedArray<byte>(notSent + _unsent.Length);
        _repair.PeekSendQueue(unacknowledged, unsent.AsSpan(0, notSent));
        _unsent.CopyTo(unsent.AsMemory(notSent));
        var end = _repair.SendSequence;
        var window = _repair.Window;
        var times = WithTimes(WithOptions(_imported), info, unacknowledged.Length + finOutstanding, window.SndWnd, unsent.Length);
        return WithPath(times, info) with
        {
            State = state,
            SndUna = end - (uint)outstanding,
            SndNxt = end - (uint)notSent,
            SndMax = end - (uint)notSent,
            SndWnd = window.SndWnd,
            MaxSndWnd = window.MaxSndWnd,
            SndWl1 = window.SndWl1,
            SndWl2 = end - (uint)outstanding,
            Unacknowledged = unacknowledged,
            Unsent = unsent,
            SmallOutstanding = 0,
            FinQueued = _imported.FinQueued || _buffers.Send.IsCompleted,
            RcvNxt = receiveNext,
            RcvWnd = window.RcvWnd,
            RcvWup = window.RcvWup,
            LastAckSent = window.RcvWup,
            AckPending = window.RcvWup != receiveNext,
            FinReceived = isPeerFinished,
            Undelivered = [],
            ReceiveLimit = Math.Clamp(window.RcvWnd, _imported.ReceiveLimit, Math.Max(_imported.ReceiveLimit, _imported.ReceiveCapacity)),
            ReceiveRoundTicks = TcpConnectionState.NotRunning,
            BytesSent = _imported.BytesSent + AcknowledgedBytes(info) + unacknowledged.Length - _imported.Unacknowledged.Length,
            BytesReceived = _imported.BytesReceived + (uint)(receiveNext - _imported.RcvNxt),
        };
    }

    // Without what the import itself sent again.
    private long AcknowledgedBytes(in TcpInfo info) => (long)info.BytesAcknowledged - (SentAgain ? 1 : 0);

    private TcpState StateOf(TcpInfo info)
    {
        if (info.State != KernelState.Close) return KernelState.ToTcpState(info.State);

        // After both FINs the socket itself is closed, and a remnant the steering cannot see waits for the time to be over.
        if (_isFinished || (_imported.FinSent && (_freezeError = _repair.TakeError()) == 0)) return TcpState.TimeWait;
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

    private TcpConnectionState WithTimes(TcpConnectionState state, TcpInfo info, int inFlight, uint sendWindow, int unsent)
    {
        var hasRtt = info.Rtt > 0;
        var rto = hasRtt ? Ticks(info.Rto) : state.RtoTicks;
        var hasMinimum = hasRtt && info.MinimumRtt != uint.MaxValue;
        var idle = Math.Min(info.LastDataReceived, info.LastAckReceived) * TimeSpan.TicksPerMillisecond;
        return state with
        {
            HasRtt = hasRtt || state.HasRtt,
            SRttTicks = hasRtt ? Ticks(info.Rtt) : state.SRttTicks,
            RttVarTicks = hasRtt ? Ticks(info.RttVariation) : state.RttVarTicks,
            MinRttTicks = hasMinimum ? Ticks(info.MinimumRtt) : state.MinRttTicks,
            RecentMinRttTicks = hasMinimum ? TcpConnectionState.NotRunning : state.RecentMinRttTicks,
            RtoTicks = rto,
            RetransmitCount = info.Retransmits,
            RetransmittingTicks = TcpConnectionState.NotRunning,
            RetransmitTicksLeft = inFlight > 0 ? RetransmitTicksLeft(info, rto) : TcpConnectionState.NotRunning,
            PersistTicksLeft = inFlight == 0 && sendWindow == 0 && unsent > 0 ? rto : TcpConnectionState.NotRunning,
            PersistProbes = 0,
            DelayedAckTicksLeft = TcpConnectionState.NotRunning,
            KeepaliveTicksLeft = state.KeepAlive ? Math.Max(0, state.KeepaliveIdleTicks - idle) : TcpConnectionState.NotRunning,
            KeepaliveProbes = 0,
            CorkTicksLeft = TcpConnectionState.NotRunning,
            CorkExpired = false,
            LingerTicksLeft = state.LingerTicksLeft < 0 ? state.LingerTicksLeft : Math.Max(0, state.LingerTicksLeft - Stopwatch.GetElapsedTime(_importedAt).Ticks),
            IdleTicks = idle,
            SendIdleTicks = info.LastDataSent * TimeSpan.TicksPerMillisecond,
            TextIdleTicks = info.LastDataReceived * TimeSpan.TicksPerMillisecond,
            SendHold = 0,
            SendingTicks = state.SendingTicks + Ticks64(info.BusyTime - Math.Min(info.BusyTime, info.ReceiveWindowLimited + info.SendBufferLimited)),
            PeerLimitedTicks = state.PeerLimitedTicks + Ticks64(info.ReceiveWindowLimited),
            SendLimitedTicks = state.SendLimitedTicks + Ticks64(info.SendBufferLimited),
            DeliveredMarked = state.DeliveredMarked + (long)info.DeliveredMarked * info.SendMss,
            ReorderedSegments = Math.Max(state.ReorderedSegments, (int)Math.Min(info.Reordering, int.MaxValue)),
            HasTsRecent = false,
            TsRecent = 0,
            TsRecentAgeTicks = 0,
            TsFloor = 0,
            TsFloorNext = 0,
            TsFloorAgeTicks = 0,
            TimestampClockTicks = state.Timestamps ? (_repair.Timestamp | 1) * TimeSpan.TicksPerMillisecond : state.TimestampClockTicks,
            TimeWaitTicksLeft = StateOf(info) is TcpState.TimeWait ? TimeSpan.FromSeconds(60).Ticks : TcpConnectionState.NotRunning,
        };

        static long Ticks64(ulong microseconds) => (long)microseconds * TimeSpan.TicksPerMicrosecond;
        static long Ticks(uint microseconds) => microseconds * TimeSpan.TicksPerMicrosecond;
    }

    // Frequent moves must not start the timer over and over: without an acknowledgment since the import, the record's goes on.
    private long RetransmitTicksLeft(TcpInfo info, long rto)
    {
        var stay = Stopwatch.GetElapsedTime(_importedAt).Ticks;
        var left = AcknowledgedBytes(info) == 0 && _imported.RetransmitTicksLeft >= 0
            ? _imported.RetransmitTicksLeft - stay
            : rto - Math.Min(stay, info.LastAckReceived * TimeSpan.TicksPerMillisecond);
        return Math.Max(0, left);
    }

    private TcpConnectionState WithPath(TcpConnectionState state, TcpInfo info) => WithPathMtu(state.WithoutRecovery(), info) with
    {
        CongestionPrivate = [],
        Cwnd = info.CongestionWindow * info.SendMss,
        SsThresh = ToBytes(info.SlowStartThreshold, info.SendMss),
        CwndLimited = false,
        RetransmitPending = info.Lost > 0,
        OutOfOrderSequences = [],
        OutOfOrderData = [],
        HasPendingFin = false,
        ProbePending = false,
        QuickAcks = 0,
        DuplicateAcksOwed = 0,
        SegmentsSent = state.SegmentsSent + info.SegmentsOut,
        SegmentsReceived = state.SegmentsReceived + info.SegmentsIn,
        Retransmissions = state.Retransmissions + info.TotalRetransmissions,
    };
}
