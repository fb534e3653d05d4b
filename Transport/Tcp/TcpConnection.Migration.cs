using System.Buffers;
using ActorStack.Transport.State;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>To the record and back. What is drawn anew on import: nothing of the connection; only its host's timer and queues.</summary>
public sealed partial class TcpConnection
{
    /// <summary>
    /// Goes on where a record stops. Bytes of the record are the caller's to put into the queues first: unacknowledged and unsent
    /// at the front of <paramref name="send"/>, undelivered in <paramref name="receive"/>. The connection is silent until its next
    /// input; call <see cref="Resume"/> to let it tell its window at once.
    /// </summary>
    public static TcpConnection Import(
        TcpConnectionState state, TcpSettings settings, ISendQueue send, IReceiveQueue receive, TimeSpan now)
    {
        var local = new TcpEndpoint(IpAddress.Read(state.LocalAddress), state.LocalPort);
        var remote = new TcpEndpoint(IpAddress.Read(state.RemoteAddress), state.RemotePort);
        var connection = new TcpConnection(new FlowKey(local, remote), settings, send, receive, state.IsPassive) { State = state.State };
        connection.ImportOptions(state, now);
        connection.ImportPath(state, now);
        connection.ImportNegotiated(state);
        connection.ImportFastOpen(state);
        connection.ImportSend(state);
        connection.ImportReceive(state);
        connection.ImportCongestion(state, now);
        connection.ImportTime(state, now);
        connection.ImportRecovery(state, now);
        connection.ImportTuning(state, now);
        connection.ImportTally(state, now);
        return connection;
    }

    /// <summary>
    /// Query: the whole state as a record; take the events first, they stay here. Changes nothing: a refused migration just goes
    /// on with this object.
    /// </summary>
    public TcpConnectionState Export(ExportScope scope, TimeSpan now)
    {
        var sent = (int)Math.Clamp(_sndMax - _dataUna, 0, _send.Length);
        var end = scope is ExportScope.Whole ? (int)_send.Length : Math.Max(sent, _send.Carried);
        if (scope is ExportScope.Bare) sent = end = 0;
        var (outOfOrderSequences, outOfOrderData) = scope is ExportScope.Bare ? ([], []) : _reassembly.Export();
        var state = ExportOptions(now) with
        {
            LocalAddress = Bytes(_flow.Local.Address),
            LocalPort = _flow.Local.Port,
            RemoteAddress = Bytes(_flow.Remote.Address),
            RemotePort = _flow.Remote.Port,
            State = State,
            IsPassive = _isPassive,

            SendMss = _sendMss,
            ReceiveMss = _receiveMss,
            WindowScaling = _windowScaling,
            SndWindScale = _sndWindScale,
            RcvWindScale = _rcvWindScale,
            SackPermitted = _sackPermitted,
            Timestamps = _timestamps,
            Ecn = _ecn,
            EcnEchoing = _ecnEchoing,
            CwrPending = _cwrPending,
            HasEcnAnswered = _ecnAnsweredThrough is not null,
            EcnAnsweredThrough = _ecnAnsweredThrough?.Value ?? 0,

            Iss = _iss.Value,
            SndUna = _sndUna.Value,
            SndNxt = _sndMax.Value,
            SndMax = _sndMax.Value,
            SndWnd = _sndWnd,
            MaxSndWnd = _maxSndWnd,
            SndWl1 = _sndWl1.Value,
            SndWl2 = _sndWl2.Value,
            Unacknowledged = CopySend(0, sent),
            Unsent = CopySend(sent, end - sent),
            FinQueued = _send.IsCompleted,
            FinSent = _finSent,
            SmallOutstanding = ExportSmall(),
            SynPending = _synPending,
            RetransmitPending = _retransmitPending,
            ProbePending = _probePending,
            HasResetOwed = _resetOwed is not null,
            ResetOwed = _resetOwed?.Value ?? 0,

            Irs = _irs.Value,
            RcvNxt = _rcvNxt.Value,
            RcvWnd = (uint)(_rcvAdv - _rcvWup),
            RcvWup = _rcvWup.Value,
            LastAckSent = _lastAckSent.Value,
            OutOfOrderSequences = outOfOrderSequences,
            OutOfOrderData = outOfOrderData,
            FinReceived = _finReceived,
            HasPendingFin = _pendingFin is not null,
            PendingFin = _pendingFin?.Value ?? 0,
            AckPending = _ackPending,
            QuickAcks = _quickAcks,

            CongestionAlgorithm = _congestion.Name,
            Cwnd = _congestion.Window,
            SsThresh = _congestion.SlowStartThreshold,
            CongestionPrivate = _congestion.Export(now),
            CwndLimited = _cwndLimited,
            CwndLimitedThrough = _cwndLimitedThrough.Value,
            MostOutstanding = _mostOutstanding,
            PacingNextTicks = _pacer.Export(now),
            PacingTicksLeft = _timers.TicksLeft(TcpTimer.Pacing, now),
            PacesRestart = _pacesRestart,

            HasRtt = _rtt.HasSample,
            SRttTicks = _rtt.Smoothed.Ticks,
            RttVarTicks = _rtt.Variation.Ticks,
            MinRttTicks = _rtt.Minimum.Ticks,
            RtoTicks = _rtt.Rto.Ticks,
            RetransmitCount = _retransmitCount,
            RetransmittingTicks = _retransmittingSince is { } since ? (now - since).Ticks : TcpConnectionState.NotRunning,
            RetransmitTicksLeft = _timers.TicksLeft(TcpTimer.Retransmit, now),
            DelayedAckTicksLeft = _timers.TicksLeft(TcpTimer.DelayedAck, now),
            PersistTicksLeft = _timers.TicksLeft(TcpTimer.Persist, now),
            KeepaliveTicksLeft = _timers.TicksLeft(TcpTimer.Keepalive, now),
            TimeWaitTicksLeft = _timers.TicksLeft(TcpTimer.TimeWait, now),
            HasTsRecent = _hasTsRecent,
            TsRecent = _tsRecent,
            TsRecentAgeTicks = (now - _tsRecentAt).Ticks,
            TsFloor = _timestampFloor.Value,
            TsFloorNext = _timestampFloor.Next,
            TsFloorAgeTicks = (now - _timestampFloor.Since).Ticks,
            TimestampClockTicks = (now + _timestampOffset).Ticks,
            PersistProbes = _persistProbes,
            PersistingTicks = _persistingSince is { } persisting ? (now - persisting).Ticks : TcpConnectionState.NotRunning,
            ChallengedTicks = ExportChallenged(now),
            KeepaliveProbes = _keepaliveProbes,
            IdleTicks = (now - _lastReceived).Ticks,
            SendIdleTicks = (now - _lastSent).Ticks,

            PathMtu = _path.Current,
            PathMtuRaiseTicksLeft = _path.RaiseAt is { } raise ? Math.Max(0, (raise - now).Ticks) : TcpConnectionState.NotRunning,
            PathProbeMtu = _pathProbeMtu,
            PathProbeStart = _pathProbeStart.Value,
            PathProbeEnd = _pathProbeEnd.Value,
            PathProbesLost = _path.ProbesLost,
            FullStops = _fullStops,
            LargeArrivedTicks = _largeArrivedAt is { } arrived ? (now - arrived).Ticks : TcpConnectionState.NotRunning,

            BytesSent = _bytesSent,
            BytesReceived = _bytesReceived,
            SegmentsSent = _segmentsSent,
            SegmentsReceived = _segmentsReceived,
            Retransmissions = _retransmissions,
        };
        state = ExportFastOpen(ExportReported(ExportTally(ExportTuning(ExportRecovery(state, now), now), now)));
        return scope is ExportScope.Bare ? state : ExportRuns(state);
    }

    private void ImportNegotiated(TcpConnectionState state)
    {
        _sendMss = (ushort)Math.Max(MinimumMss, Math.Min(state.SendMss, _settings.Mtu - HeaderLength)); // the new link may be narrower
        _receiveMss = Math.Max(MinimumMss, state.ReceiveMss);
        _windowScaling = state.WindowScaling;
        _sndWindScale = state.SndWindScale;
        _rcvWindScale = state.RcvWindScale;
        _sackPermitted = state.SackPermitted;
        _timestamps = state.Timestamps;
        ImportEcn(state);
    }

    private void ImportSend(TcpConnectionState state)
    {
        _iss = new SequenceNumber(state.Iss);
        _sndUna = new SequenceNumber(state.SndUna);
        _sndMax = new SequenceNumber(state.SndMax);
        _dataUna = IsSynchronized ? _sndUna : _iss + 1;
        _sndWnd = state.SndWnd;
        _maxSndWnd = state.MaxSndWnd;
        _sndWl1 = new SequenceNumber(state.SndWl1);
        _sndWl2 = new SequenceNumber(state.SndWl2);
        _finSent = state.FinSent;
        ImportSmall(state);
        _synPending = state.SynPending;
        _retransmitPending = state.RetransmitPending;
        _probePending = state.ProbePending;
        _resetOwed = state.HasResetOwed ? new SequenceNumber(state.ResetOwed) : null;
        _bytesSent = state.BytesSent;
        _segmentsSent = state.SegmentsSent;
        _retransmissions = state.Retransmissions;
    }

    private void ImportReceive(TcpConnectionState state)
    {
        _irs = new SequenceNumber(state.Irs);
        _rcvNxt = new SequenceNumber(state.RcvNxt);
        _rcvWup = new SequenceNumber(state.RcvWup);
        _rcvAdv = _rcvWup + state.RcvWnd;
        _lastAckSent = new SequenceNumber(state.LastAckSent);
        ImportReported(state);
        _finReceived = state.FinReceived;
        if (_finReceived) _receive.Complete(); // the last owner may not have come to it
        _pendingFin = state.HasPendingFin ? new SequenceNumber(state.PendingFin) : null;
        _ackPending = state.AckPending;
        _quickAcks = state.QuickAcks;
        _flushPending = true; // what the last owner or the caller wrote to the queue
        _bytesReceived = state.BytesReceived;
        _segmentsReceived = state.SegmentsReceived;
    }

    private void ImportCongestion(TcpConnectionState state, TimeSpan now)
    {
        _congestion = CongestionControls.Restore(state, _options.CongestionAlgorithm, SegmentPayload, now);
        _cwndLimited = state.CwndLimited;
        ImportPacing(state, now);
    }

    private void ImportTime(TcpConnectionState state, TimeSpan now)
    {
        _rtt.Restore(
            state.HasRtt, TimeSpan.FromTicks(state.SRttTicks), TimeSpan.FromTicks(state.RttVarTicks), TimeSpan.FromTicks(state.RtoTicks));
        _retransmitCount = state.RetransmitCount;
        _retransmittingSince = state.RetransmittingTicks < 0 ? null : now - TimeSpan.FromTicks(state.RetransmittingTicks);
        _timers.Restore(TcpTimer.Retransmit, state.RetransmitTicksLeft, now);
        _timers.Restore(TcpTimer.DelayedAck, state.DelayedAckTicksLeft, now);
        _timers.Restore(TcpTimer.Persist, state.PersistTicksLeft, now);
        _timers.Restore(TcpTimer.Keepalive, state.KeepaliveTicksLeft, now);
        _timers.Restore(TcpTimer.TimeWait, state.TimeWaitTicksLeft, now);
        _hasTsRecent = state.HasTsRecent;
        _tsRecent = state.TsRecent;
        _tsRecentAt = now - TimeSpan.FromTicks(state.TsRecentAgeTicks);
        _timestampFloor.Restore(state.TsFloor, state.TsFloorNext, now - TimeSpan.FromTicks(state.TsFloorAgeTicks));
        _timestampOffset = TimeSpan.FromTicks(state.TimestampClockTicks) - now;
        _persistProbes = state.PersistProbes;
        _persistingSince = state.PersistingTicks < 0 ? null : now - TimeSpan.FromTicks(state.PersistingTicks);
        ImportChallenged(state, now);
        _keepaliveProbes = state.KeepaliveProbes;
        _lastReceived = now - TimeSpan.FromTicks(state.IdleTicks);
        _lastSent = now - TimeSpan.FromTicks(state.SendIdleTicks);
    }

    private byte[] CopySend(int offset, int count)
    {
        if (count <= 0) return [];
        var bytes = new byte[count];
        for (var copied = 0; copied < count;)
        {
            var part = _send.Slice(offset + copied, count - copied);
            part.CopyTo(bytes.AsSpan(copied));
            copied += (int)part.Length;
        }

        return bytes;
    }

    private static byte[] Bytes(IpAddress address)
    {
        var bytes = new byte[address.Length];
        address.Write(bytes);
        return bytes;
    }
}
