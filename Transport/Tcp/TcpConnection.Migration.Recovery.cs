using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Recovery;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>Loss recovery to the record and back: a move in the middle of a recovery goes on with it.</summary>
public sealed partial class TcpConnection
{
    private TcpConnectionState ExportRecovery(TcpConnectionState state, TimeSpan now) => ExportDetection(state, now) with
    {
        RecoveryState = (byte)_recovery,
        HasRecoveryPoint = _recoveryPoint is not null,
        RecoveryPoint = _recoveryPoint?.Value ?? 0,
        IsJustRecovered = _isJustRecovered,
        DupAckCount = _duplicates,
        HasHighestDelivered = _scoreboard.HighestDelivered is not null,
        HighestDelivered = _scoreboard.HighestDelivered?.Value ?? 0,
        TotalLost = _scoreboard.TotalLost,
        Transmissions = _scoreboard.Transmissions,
        Delivered = _rate.Delivered,
        DeliveredTicks = ClockTicks(_rate.DeliveredAt),
        FirstSentTicks = ClockTicks(_rate.FirstSentAt),
        ApplicationLimitedUntil = _rate.ApplicationLimitedUntil,
        PrrActive = _reduction.IsActive,
        PrrFlightBefore = _reduction.FlightBefore,
        PrrDelivered = _reduction.Delivered,
        PrrSent = _reduction.Sent,
        PrrAllowance = _reduction.Allowance,
        HasUndoMarker = _undo.Marker is not null,
        UndoMarker = _undo.Marker?.Value ?? 0,
        UndoRetransmitted = _undo.Retransmitted,
        HasFirstRetransmission = _undo.FirstRetransmission is not null,
        FirstRetransmissionTicks = _undo.FirstRetransmission is { } first ? ClockTicks(first) : 0,
        ForwardRtoPhase = (byte)_forwardRto.Phase,
        RttDeviationTicks = _rtt.Deviation.Ticks,
        RttLargestDeviationTicks = _rtt.LargestDeviation.Ticks,
        RttRoundEndTicks = ClockTicks(_rtt.RoundEnd),
        RecentMinRttTicks = _rtt.HasSample ? _rtt.MinimumWindow.Recent.Ticks : TcpConnectionState.NotRunning,
        RecentMinRttEndTicks = ClockTicks(_rtt.MinimumWindow.HalfEnd),
    };

    private TcpConnectionState ExportDetection(TcpConnectionState state, TimeSpan now) => state with
    {
        HasRack = _rack.Latest is not null,
        RackSentTicks = _rack.Latest is { } latest ? ClockTicks(latest.SentAt) : 0,
        RackOrder = _rack.Latest?.Order ?? 0,
        RackEnd = _rack.Latest?.End.Value ?? 0,
        RackRttTicks = _rack.RoundTrip.Ticks,
        RackReorderingSeen = _rack.ReorderingSeen,
        RackMultiplier = _rack.Multiplier,
        RackPersistence = _rack.Persistence,
        HasRackRound = _rack.DuplicateRound is not null,
        RackRound = _rack.DuplicateRound?.Value ?? 0,
        ReorderingTicksLeft = _timers.TicksLeft(TcpTimer.Reordering, now),
        HasProbe = _probe.End is not null,
        ProbeEnd = _probe.End?.Value ?? 0,
        ProbeRepeatedBytes = _probe.RepeatedBytes,
        TailLossProbePending = _probe.IsPending,
        TailLossProbeTicksLeft = _timers.TicksLeft(TcpTimer.TailLossProbe, now),
    };

    private TcpConnectionState ExportRuns(TcpConnectionState state)
    {
        var runs = new TransmittedRun[_scoreboard.Count];
        for (var i = 0; i < runs.Length; i++) runs[i] = _scoreboard[i];
        return state with
        {
            RunSequences = Array.ConvertAll(runs, run => run.Start.Value),
            RunFlags = Array.ConvertAll(runs, run => (byte)run.Flags),
            RunSentTicks = Array.ConvertAll(runs, run => ClockTicks(run.SentAt)),
            RunOrders = Array.ConvertAll(runs, run => run.Order),
            RunSegmentSizes = Array.ConvertAll(runs, run => (uint)run.SegmentSize),
            RunSegments = Array.ConvertAll(runs, run => (uint)run.Segments),
            RunFirstSentTicks = Array.ConvertAll(runs, run => ClockTicks(run.Snapshot.FirstSentAt)),
            RunDeliveredTicks = Array.ConvertAll(runs, run => ClockTicks(run.Snapshot.DeliveredAt)),
            RunDelivered = Array.ConvertAll(runs, run => run.Snapshot.Delivered),
            RunLost = Array.ConvertAll(runs, run => run.Snapshot.Lost),
            RunFlights = Array.ConvertAll(runs, run => run.Snapshot.Flight),
            RunApplicationLimited = Array.ConvertAll(runs, run => run.Snapshot.IsApplicationLimited ? (byte)1 : (byte)0),
        };
    }

    /// <summary>After the times: moments are readings of the connection's clock.</summary>
    private void ImportRecovery(TcpConnectionState state, TimeSpan now)
    {
        ImportDetection(state, now);
        _rate.Restore(state.Delivered, Moment(state.DeliveredTicks), Moment(state.FirstSentTicks), state.ApplicationLimitedUntil);
        if (_sndUna == _sndMax || state.RunSequences.Length > 0) ImportRuns(state);
        else AssumeOneRun(state, now);
        _recovery = (RecoveryState)state.RecoveryState;
        _recoveryPoint = state.HasRecoveryPoint ? new SequenceNumber(state.RecoveryPoint) : null;
        _isJustRecovered = state.IsJustRecovered;
        _duplicates = state.DupAckCount;
        if (state.PrrActive) _reduction.Restore(state.PrrFlightBefore, state.PrrDelivered, state.PrrSent, state.PrrAllowance);
        _undo.Restore(
            state.HasUndoMarker ? new SequenceNumber(state.UndoMarker) : null, state.UndoRetransmitted,
            state.HasFirstRetransmission ? Moment(state.FirstRetransmissionTicks) : null);
        _forwardRto.Restore((ForwardRtoPhase)state.ForwardRtoPhase);
        _rtt.RestoreRound(
            TimeSpan.FromTicks(state.RttDeviationTicks), TimeSpan.FromTicks(state.RttLargestDeviationTicks), Moment(state.RttRoundEndTicks));
        ImportMinimumRtt(state, now);
    }

    private void ImportMinimumRtt(TcpConnectionState state, TimeSpan now)
    {
        if (!state.HasRtt) return;
        var minimum = TimeSpan.FromTicks(state.MinRttTicks);
        if (state.RecentMinRttTicks < 0) _rtt.MinimumWindow.Start(minimum, now);
        else _rtt.MinimumWindow.Restore(minimum, TimeSpan.FromTicks(state.RecentMinRttTicks), Moment(state.RecentMinRttEndTicks), now);
    }

    private void ImportDetection(TcpConnectionState state, TimeSpan now)
    {
        _rack.Restore(
            state.HasRack ? new Transmission(Moment(state.RackSentTicks), state.RackOrder, new SequenceNumber(state.RackEnd)) : null, TimeSpan.FromTicks(state.RackRttTicks),
            state.RackReorderingSeen, state.RackMultiplier, state.RackPersistence,
            state.HasRackRound ? new SequenceNumber(state.RackRound) : null);
        _probe.Restore(state.HasProbe ? new SequenceNumber(state.ProbeEnd) : null, Math.Min(state.ProbeRepeatedBytes, TailLossProbe.MostRepeated), state.TailLossProbePending);
        _timers.Restore(TcpTimer.Reordering, state.ReorderingTicksLeft, now);
        _timers.Restore(TcpTimer.TailLossProbe, state.TailLossProbeTicksLeft, now);
    }

    private void ImportRuns(TcpConnectionState state)
    {
        var runs = new TransmittedRun[state.RunSequences.Length];
        for (var i = 0; i < runs.Length; i++)
        {
            runs[i] = new TransmittedRun
            {
                Start = new SequenceNumber(state.RunSequences[i]),
                End = i + 1 < runs.Length ? new SequenceNumber(state.RunSequences[i + 1]) : _sndMax,
                Flags = (RunFlags)state.RunFlags[i],
                SentAt = Moment(state.RunSentTicks[i]),
                Order = state.RunOrders[i],
                SegmentSize = (int)state.RunSegmentSizes[i],
                Segments = (int)state.RunSegments[i],
                Snapshot = new SendSnapshot(
                    Moment(state.RunFirstSentTicks[i]), Moment(state.RunDeliveredTicks[i]), state.RunDelivered[i], state.RunLost[i],
                    state.RunFlights[i], state.RunApplicationLimited[i] != 0),
            };
        }

        _scoreboard.Restore(runs, state.HasHighestDelivered ? new SequenceNumber(state.HighestDelivered) : null, state.TotalLost, state.Transmissions);
    }

    /// <summary>The last owner did not tell: all of it is one run, of which nobody knows when it left, so that no round trip is taken of it.</summary>
    private void AssumeOneRun(TcpConnectionState state, TimeSpan now)
    {
        var run = new TransmittedRun
        {
            Start = _sndUna,
            End = _sndMax,
            Flags = RunFlags.EverRetransmitted,
            SentAt = now,
            SegmentSize = SegmentPayload,
            Segments = (int)(Outstanding + SegmentPayload - 1) / SegmentPayload,
            Snapshot = _rate.OnSent(0, (int)Outstanding, 0, now),
        };
        _scoreboard.Restore([run], null, state.TotalLost, state.Transmissions);
    }

    private long ClockTicks(TimeSpan moment) => (moment + _timestampOffset).Ticks;

    private TimeSpan Moment(long clockTicks) => TimeSpan.FromTicks(clockTicks) - _timestampOffset;
}
