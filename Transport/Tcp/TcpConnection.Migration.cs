using System.Buffers;
using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.Tcp.Congestion;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>To the record and back. What is drawn anew on import: nothing of the connection; only its host's timer and queues.</summary>
public sealed partial class TcpConnection
{
    /// <summary>
    /// Goes on where a record stops. Payload of the image is the caller's to put into the queues first: its send range at the front of
    /// <paramref name="send"/>, its undelivered one in <paramref name="receive"/>. The connection is silent until its next
    /// input; call <see cref="Resume"/> to let it tell its window at once.
    /// </summary>
    public static TcpConnection Import(
        ConnectionImage image, TcpSettings settings, ISendQueue send, IReceiveQueue receive, TimeSpan now)
    {
        var state = image.State;
        var identity = state.Identity;
        var local = new TcpEndpoint(IpAddress.Read(identity.LocalAddress), identity.LocalPort);
        var remote = new TcpEndpoint(IpAddress.Read(identity.RemoteAddress), identity.RemotePort);
        var connection = new TcpConnection(new FlowKey(local, remote), settings, send, receive, identity.IsPassive) { State = identity.State };
        connection.ImportOptions(state);
        connection.ImportPath(state.Path, now);
        connection.ImportNegotiated(state.Negotiated);
        connection.ImportEcn(state.Ecn);
        connection.ImportFastOpen(state.FastOpen);
        connection.ImportSend(state.Send);
        connection.ImportReceive(state.Receive);
        connection.ImportPending(state.Pending);
        connection.ImportAcknowledging(state.Acknowledging);
        connection._reassembly.Restore(state.Queues.OutOfOrderSequences, image.Payload.OutOfOrder, state.Acknowledging.OutOfOrderRecent);
        connection.ImportCongestion(state, now);
        connection.ImportTime(state, now);
        connection._timers.Import(state.Timers, now);
        connection.ImportRecovery(state, now);
        connection.ImportTally(state.Statistics, now); // what was received counts for the tuning
        connection.ImportTuning(state, now);
        return connection;
    }

    /// <summary>
    /// Query: the whole state as a record; take the events first, they stay here. Changes nothing: a refused migration just goes
    /// on with this object.
    /// </summary>
    public TcpConnectionState Export(ExportScope scope, TimeSpan now) => new()
    {
        Identity = ExportIdentity(),
        Negotiated = ExportNegotiated(),
        Send = ExportSend(),
        Receive = ExportReceive(),
        Queues = ExportQueues(scope),
        Pending = ExportPending(),
        Timers = _timers.Export(now),
        Acknowledging = ExportAcknowledging(),
        Retransmission = ExportRetransmission(now),
        RoundTrip = ExportRoundTrip(),
        Timestamps = ExportTimestamps(now),
        Liveness = ExportLiveness(now),
        Ecn = ExportEcn(),
        FastOpen = ExportFastOpen(),
        Congestion = ExportCongestion(now),
        Pacing = ExportPacing(now),
        Recovery = ExportRecovery(),
        Scoreboard = ExportScoreboard(scope),
        DeliveryRate = ExportDeliveryRate(),
        Rack = ExportRack(),
        TailLossProbe = ExportTailLossProbe(),
        RateReduction = ExportRateReduction(),
        Undo = ExportUndo(),
        Path = ExportPath(now),
        Options = _options.Export(),
        Buffers = ExportBuffers(),
        ReceiveTuning = ExportTuning(now),
        Statistics = ExportTally(now),
    };

    /// <summary>Query: the record and a copy of the payload that it names.</summary>
    public ConnectionImage Capture(ExportScope scope, TimeSpan now)
    {
        var state = Export(scope, now);
        return new ConnectionImage(state, CopyPayload(state.Queues));
    }

    /// <summary>Query: a copy of the payload that <paramref name="queues"/> names, as long as no input came since it was exported.</summary>
    public ConnectionPayload CopyPayload(QueuesSection queues) => new()
    {
        Send = CopySend(queues.SendLength),
        OutOfOrder = queues.OutOfOrderSequences.Length > 0 ? _reassembly.ExportPayload() : [],
    };

    private IdentitySection ExportIdentity() => new()
    {
        LocalAddress = Bytes(_flow.Local.Address),
        LocalPort = _flow.Local.Port,
        RemoteAddress = Bytes(_flow.Remote.Address),
        RemotePort = _flow.Remote.Port,
        State = State,
        IsPassive = _isPassive,
    };

    private NegotiatedSection ExportNegotiated() => new()
    {
        SendMss = _sendMss,
        ReceiveMss = _receiveMss,
        WindowScaling = _windowScaling,
        SndWindScale = _sndWindScale,
        RcvWindScale = _rcvWindScale,
        SackPermitted = _sackPermitted,
        Timestamps = _timestamps,
        Ecn = _ecn,
    };

    private SendSpaceSection ExportSend() => new()
    {
        Iss = _iss.Value,
        SndUna = _sndUna.Value,
        SndNxt = _sndMax.Value,
        SndMax = _sndMax.Value,
        SndWnd = _sndWnd,
        MaxSndWnd = _maxSndWnd,
        SndWl1 = _sndWl1.Value,
        SndWl2 = _sndWl2.Value,
        FinQueued = _send.IsCompleted,
        FinSent = _finSent,
        SmallOutstanding = ExportSmall(),
    };

    private ReceiveSpaceSection ExportReceive() => new()
    {
        Irs = _irs.Value,
        RcvNxt = _rcvNxt.Value,
        RcvWnd = (uint)(_rcvAdv - _rcvWup),
        RcvWup = _rcvWup.Value,
        LastAckSent = _lastAckSent.Value,
        FinReceived = _finReceived,
        HasPendingFin = _pendingFin is not null,
        PendingFin = _pendingFin?.Value ?? 0,
    };

    private QueuesSection ExportQueues(ExportScope scope)
    {
        if (scope is ExportScope.Bare) return new QueuesSection();
        var sent = (int)Math.Clamp(_sndMax - _dataUna, 0, _send.Length);
        var (sequences, lengths) = _reassembly.ExportRanges();
        return new QueuesSection
        {
            SendLength = scope is ExportScope.Whole ? (int)_send.Length : Math.Max(sent, _send.Carried),
            OutOfOrderSequences = sequences,
            OutOfOrderLengths = lengths,
        };
    }

    private PendingOutputSection ExportPending() => new()
    {
        SynPending = _synPending,
        AckPending = _ackPending,
        RetransmitPending = _retransmitPending,
        ProbePending = _probePending,
        HasResetOwed = _resetOwed is not null,
        ResetOwed = _resetOwed?.Value ?? 0,
        CorkExpired = _corkExpired,
    };

    private CongestionSection ExportCongestion(TimeSpan now) => new()
    {
        Algorithm = _congestion.Name,
        Cwnd = _congestion.Window,
        SsThresh = _congestion.SlowStartThreshold,
        PrivateState = _congestion.Export(now),
        CwndLimited = _cwndLimited,
        CwndLimitedThrough = _cwndLimitedThrough.Value,
        MostOutstanding = _mostOutstanding,
    };

    private RetransmissionSection ExportRetransmission(TimeSpan now) => new()
    {
        RetransmitCount = _retransmitCount,
        RetransmittingTicks = _retransmittingSince is { } since ? (now - since).Ticks : TcpConnectionState.NotRunning,
    };

    private TimestampsSection ExportTimestamps(TimeSpan now) => new()
    {
        HasTsRecent = _hasTsRecent,
        TsRecent = _tsRecent,
        TsRecentAgeTicks = (now - _tsRecentAt).Ticks,
        TsFloor = _timestampFloor.Value,
        TsFloorNext = _timestampFloor.Next,
        TsFloorAgeTicks = (now - _timestampFloor.Since).Ticks,
        ClockTicks = (now + _timestampOffset).Ticks,
    };

    private LivenessSection ExportLiveness(TimeSpan now) => new()
    {
        PersistProbes = _persistProbes,
        PersistingTicks = _persistingSince is { } persisting ? (now - persisting).Ticks : TcpConnectionState.NotRunning,
        KeepaliveProbes = _keepaliveProbes,
        IdleTicks = (now - _lastReceived).Ticks,
        SendIdleTicks = (now - _lastSent).Ticks,
        ChallengedTicks = ExportChallenged(now),
    };

    private void ImportNegotiated(NegotiatedSection negotiated)
    {
        _sendMss = (ushort)Math.Max(MinimumMss, Math.Min(negotiated.SendMss, _settings.Mtu - HeaderLength)); // the new link may be narrower
        _receiveMss = Math.Max(MinimumMss, negotiated.ReceiveMss);
        _windowScaling = negotiated.WindowScaling;
        _sndWindScale = negotiated.SndWindScale;
        _rcvWindScale = negotiated.RcvWindScale;
        _sackPermitted = negotiated.SackPermitted;
        _timestamps = negotiated.Timestamps;
        _ecn = negotiated.Ecn;
    }

    private void ImportSend(SendSpaceSection space)
    {
        _iss = new SequenceNumber(space.Iss);
        _sndUna = new SequenceNumber(space.SndUna);
        _sndMax = new SequenceNumber(space.SndMax);
        _dataUna = IsSynchronized ? _sndUna : _iss + 1;
        _sndWnd = space.SndWnd;
        _maxSndWnd = space.MaxSndWnd;
        _sndWl1 = new SequenceNumber(space.SndWl1);
        _sndWl2 = new SequenceNumber(space.SndWl2);
        _finSent = space.FinSent;
        ImportSmall(space);
    }

    private void ImportReceive(ReceiveSpaceSection space)
    {
        _irs = new SequenceNumber(space.Irs);
        _rcvNxt = new SequenceNumber(space.RcvNxt);
        _rcvWup = new SequenceNumber(space.RcvWup);
        _rcvAdv = _rcvWup + space.RcvWnd;
        _lastAckSent = new SequenceNumber(space.LastAckSent);
        _finReceived = space.FinReceived;
        if (_finReceived) _receive.Complete(); // the last owner may not have come to it
        _pendingFin = space.HasPendingFin ? new SequenceNumber(space.PendingFin) : null;
        _flushPending = true; // what the last owner or the caller wrote to the queue
    }

    private void ImportPending(PendingOutputSection pending)
    {
        _synPending = pending.SynPending;
        _ackPending = pending.AckPending;
        _retransmitPending = pending.RetransmitPending;
        _probePending = pending.ProbePending;
        _resetOwed = pending.HasResetOwed ? new SequenceNumber(pending.ResetOwed) : null;
        _corkExpired = pending.CorkExpired;
    }

    private void ImportCongestion(TcpConnectionState state, TimeSpan now)
    {
        _congestion = CongestionControls.Restore(state.Congestion, _options.CongestionAlgorithm, SegmentPayload, state.Send.Iss, now);
        _cwndLimited = state.Congestion.CwndLimited;
        ImportWindowUse(state.Congestion);
        ImportPacing(state.Pacing, now);
    }

    private void ImportTime(TcpConnectionState state, TimeSpan now)
    {
        var roundTrip = state.RoundTrip;
        _rtt.Restore(
            roundTrip.HasRtt, TimeSpan.FromTicks(roundTrip.SRttTicks), TimeSpan.FromTicks(roundTrip.RttVarTicks), TimeSpan.FromTicks(roundTrip.RtoTicks));
        var retransmission = state.Retransmission;
        _retransmitCount = retransmission.RetransmitCount;
        _retransmittingSince = retransmission.RetransmittingTicks < 0 ? null : now - TimeSpan.FromTicks(retransmission.RetransmittingTicks);
        ImportTimestamps(state.Timestamps, now);
        ImportLiveness(state.Liveness, now);
    }

    private void ImportTimestamps(TimestampsSection timestamps, TimeSpan now)
    {
        _hasTsRecent = timestamps.HasTsRecent;
        _tsRecent = timestamps.TsRecent;
        _tsRecentAt = now - TimeSpan.FromTicks(timestamps.TsRecentAgeTicks);
        _timestampFloor.Restore(timestamps.TsFloor, timestamps.TsFloorNext, now - TimeSpan.FromTicks(timestamps.TsFloorAgeTicks));
        _timestampOffset = TimeSpan.FromTicks(timestamps.ClockTicks) - now;
    }

    private void ImportLiveness(LivenessSection liveness, TimeSpan now)
    {
        _persistProbes = liveness.PersistProbes;
        _persistingSince = liveness.PersistingTicks < 0 ? null : now - TimeSpan.FromTicks(liveness.PersistingTicks);
        ImportChallenged(liveness, now);
        _keepaliveProbes = liveness.KeepaliveProbes;
        _lastReceived = now - TimeSpan.FromTicks(liveness.IdleTicks);
        _lastSent = now - TimeSpan.FromTicks(liveness.SendIdleTicks);
    }

    private byte[] CopySend(int count)
    {
        if (count <= 0) return [];
        var bytes = new byte[count];
        for (var copied = 0; copied < count;)
        {
            var part = _send.Slice(copied, count - copied);
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
