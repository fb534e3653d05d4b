using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp.Recovery;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>Loss recovery to the record and back: a move in the middle of a recovery goes on with it.</summary>
public sealed partial class TcpConnection
{
    private RoundTripSection ExportRoundTrip() => new()
    {
        HasRtt = _rtt.HasSample,
        SRttTicks = _rtt.Smoothed.Ticks,
        RttVarTicks = _rtt.Variation.Ticks,
        MinRttTicks = _rtt.Minimum.Ticks,
        RtoTicks = _rtt.Rto.Ticks,
        DeviationTicks = _rtt.Deviation.Ticks,
        LargestDeviationTicks = _rtt.LargestDeviation.Ticks,
        RoundEndTicks = ClockTicks(_rtt.RoundEnd),
        RecentMinRttTicks = _rtt.HasSample ? _rtt.MinimumWindow.Recent.Ticks : TcpConnectionState.NotRunning,
        RecentMinRttEndTicks = ClockTicks(_rtt.MinimumWindow.HalfEnd),
    };

    private RecoverySection ExportRecovery() => new()
    {
        State = (byte)_recovery,
        HasRecoveryPoint = _recoveryPoint is not null,
        RecoveryPoint = _recoveryPoint?.Value ?? 0,
        IsJustRecovered = _isJustRecovered,
        DupAckCount = _duplicates,
    };

    private DeliveryRateSection ExportDeliveryRate() => new()
    {
        Delivered = _rate.Delivered,
        DeliveredTicks = ClockTicks(_rate.DeliveredAt),
        FirstSentTicks = ClockTicks(_rate.FirstSentAt),
        ApplicationLimitedUntil = _rate.ApplicationLimitedUntil,
    };

    private RackSection ExportRack() => new()
    {
        HasLatest = _rack.Latest is not null,
        SentTicks = _rack.Latest is { } latest ? ClockTicks(latest.SentAt) : 0,
        Order = _rack.Latest?.Order ?? 0,
        End = _rack.Latest?.End.Value ?? 0,
        RttTicks = _rack.RoundTrip.Ticks,
        ReorderingSeen = _rack.ReorderingSeen,
        Multiplier = _rack.Multiplier,
        Persistence = _rack.Persistence,
        HasRound = _rack.DuplicateRound is not null,
        Round = _rack.DuplicateRound?.Value ?? 0,
    };

    private TailLossProbeSection ExportTailLossProbe() => new()
    {
        HasEnd = _probe.End is not null,
        End = _probe.End?.Value ?? 0,
        RepeatedBytes = _probe.RepeatedBytes,
        IsPending = _probe.IsPending,
    };

    private RateReductionSection ExportRateReduction() => new()
    {
        IsActive = _reduction.IsActive,
        FlightBefore = _reduction.FlightBefore,
        Delivered = _reduction.Delivered,
        Sent = _reduction.Sent,
        Allowance = _reduction.Allowance,
    };

    private UndoSection ExportUndo() => new()
    {
        HasMarker = _undo.Marker is not null,
        Marker = _undo.Marker?.Value ?? 0,
        Retransmitted = _undo.Retransmitted,
        HasFirstRetransmission = _undo.FirstRetransmission is not null,
        FirstRetransmissionTicks = _undo.FirstRetransmission is { } first ? ClockTicks(first) : 0,
        ForwardRtoPhase = (byte)_forwardRto.Phase,
    };

    private ScoreboardSection ExportScoreboard(ExportScope scope)
    {
        var section = new ScoreboardSection
        {
            HasHighestDelivered = _scoreboard.HighestDelivered is not null,
            HighestDelivered = _scoreboard.HighestDelivered?.Value ?? 0,
            TotalLost = _scoreboard.TotalLost,
            Transmissions = _scoreboard.Transmissions,
        };
        return scope is ExportScope.Bare ? section : ExportRuns(section);
    }

    private ScoreboardSection ExportRuns(ScoreboardSection section)
    {
        var runs = new TransmittedRun[_scoreboard.Count];
        for (var i = 0; i < runs.Length; i++) runs[i] = _scoreboard[i];
        return section with
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
        ImportDetection(state);
        _rate.Restore(state.DeliveryRate.Delivered, Moment(state.DeliveryRate.DeliveredTicks), Moment(state.DeliveryRate.FirstSentTicks), state.DeliveryRate.ApplicationLimitedUntil);
        if (_sndUna == _sndMax || state.Scoreboard.RunSequences.Length > 0) ImportRuns(state.Scoreboard);
        else AssumeOneRun(state.Scoreboard, now);
        _recovery = (RecoveryState)state.Recovery.State;
        _recoveryPoint = state.Recovery.HasRecoveryPoint ? new SequenceNumber(state.Recovery.RecoveryPoint) : null;
        _isJustRecovered = state.Recovery.IsJustRecovered;
        _duplicates = state.Recovery.DupAckCount;
        if (state.RateReduction.IsActive) _reduction.Restore(state.RateReduction.FlightBefore, state.RateReduction.Delivered, state.RateReduction.Sent, state.RateReduction.Allowance);
        _undo.Restore(
            state.Undo.HasMarker ? new SequenceNumber(state.Undo.Marker) : null, state.Undo.Retransmitted,
            state.Undo.HasFirstRetransmission ? Moment(state.Undo.FirstRetransmissionTicks) : null);
        _forwardRto.Restore((ForwardRtoPhase)state.Undo.ForwardRtoPhase);
        _rtt.RestoreRound(
            TimeSpan.FromTicks(state.RoundTrip.DeviationTicks), TimeSpan.FromTicks(state.RoundTrip.LargestDeviationTicks), Moment(state.RoundTrip.RoundEndTicks));
        ImportMinimumRtt(state.RoundTrip, now);
    }

    private void ImportMinimumRtt(RoundTripSection section, TimeSpan now)
    {
        if (!section.HasRtt) return;
        var minimum = TimeSpan.FromTicks(section.MinRttTicks);
        if (section.RecentMinRttTicks < 0) _rtt.MinimumWindow.Start(minimum, now);
        else _rtt.MinimumWindow.Restore(minimum, TimeSpan.FromTicks(section.RecentMinRttTicks), Moment(section.RecentMinRttEndTicks), now);
    }

    private void ImportDetection(TcpConnectionState state)
    {
        var rack = state.Rack;
        _rack.Restore(
            rack.HasLatest ? new Transmission(Moment(rack.SentTicks), rack.Order, new SequenceNumber(rack.End)) : null,
            TimeSpan.FromTicks(rack.RttTicks), rack.ReorderingSeen, rack.Multiplier, rack.Persistence,
            rack.HasRound ? new SequenceNumber(rack.Round) : null);
        var probe = state.TailLossProbe;
        _probe.Restore(
            probe.HasEnd ? new SequenceNumber(probe.End) : null, Math.Min(probe.RepeatedBytes, TailLossProbe.MostRepeated), probe.IsPending);
    }

    private void ImportRuns(ScoreboardSection section)
    {
        var runs = new TransmittedRun[section.RunSequences.Length];
        for (var i = 0; i < runs.Length; i++)
        {
            runs[i] = new TransmittedRun
            {
                Start = new SequenceNumber(section.RunSequences[i]),
                End = i + 1 < runs.Length ? new SequenceNumber(section.RunSequences[i + 1]) : _sndMax,
                Flags = (RunFlags)section.RunFlags[i],
                SentAt = Moment(section.RunSentTicks[i]),
                Order = section.RunOrders[i],
                SegmentSize = (int)section.RunSegmentSizes[i],
                Segments = (int)section.RunSegments[i],
                Snapshot = new SendSnapshot(
                    Moment(section.RunFirstSentTicks[i]), Moment(section.RunDeliveredTicks[i]), section.RunDelivered[i], section.RunLost[i],
                    section.RunFlights[i], section.RunApplicationLimited[i] != 0),
            };
        }

        _scoreboard.Restore(runs, section.HasHighestDelivered ? new SequenceNumber(section.HighestDelivered) : null, section.TotalLost, section.Transmissions);
    }

    /// <summary>The last owner did not tell: all of it is one run, of which nobody knows when it left, so that no round trip is taken of it.</summary>
    private void AssumeOneRun(ScoreboardSection section, TimeSpan now)
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
        _scoreboard.Restore([run], null, section.TotalLost, section.Transmissions);
    }

    private long ClockTicks(TimeSpan moment) => (moment + _timestampOffset).Ticks;

    private TimeSpan Moment(long clockTicks) => TimeSpan.FromTicks(clockTicks) - _timestampOffset;
}
