using System.Buffers;
using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;

namespace ActorStack.Actors.Serialization.Legacy;

/// <summary>Converts a record of version 1: each field goes into its section, and the payload beside them.</summary>
internal static class FlatRecord1Conversion
{
    public static ConnectionImage ToImage(this FlatRecord1 record) => new(
        new TcpConnectionState
        {
            Identity = record.ToIdentity(),
            Negotiated = record.ToNegotiated(),
            Send = record.ToSend(),
            Receive = record.ToReceive(),
            Queues = record.ToQueues(),
            Pending = record.ToPending(),
            Timers = record.ToTimers(),
            Acknowledging = record.ToAcknowledging(),
            Retransmission = record.ToRetransmission(),
            RoundTrip = record.ToRoundTrip(),
            Timestamps = record.ToTimestamps(),
            Liveness = record.ToLiveness(),
            Ecn = record.ToEcn(),
            FastOpen = record.ToFastOpen(),
            Congestion = record.ToCongestion(),
            Pacing = record.ToPacing(),
            Recovery = record.ToRecovery(),
            Scoreboard = record.ToScoreboard(),
            DeliveryRate = record.ToDeliveryRate(),
            Rack = record.ToRack(),
            TailLossProbe = record.ToTailLossProbe(),
            RateReduction = record.ToRateReduction(),
            Undo = record.ToUndo(),
            Path = record.ToPath(),
            Options = record.ToOptions(),
            Buffers = record.ToBuffers(),
            ReceiveTuning = record.ToReceiveTuning(),
            Statistics = record.ToStatistics(),
        },
        new ConnectionPayload
        {
            Send = new ReadOnlySequence<byte>([.. record.Unacknowledged, .. record.Unsent]),
            Undelivered = new ReadOnlySequence<byte>(record.Undelivered),
            OutOfOrder = Array.ConvertAll(record.OutOfOrderData, run => (ReadOnlyMemory<byte>)run),
        });

    private static QueuesSection ToQueues(this FlatRecord1 record) => new()
    {
        SendLength = record.Unacknowledged.Length + record.Unsent.Length,
        UndeliveredLength = record.Undelivered.Length,
        OutOfOrderSequences = record.OutOfOrderSequences,
        OutOfOrderLengths = Array.ConvertAll(record.OutOfOrderData, run => (uint)run.Length),
    };

    private static IdentitySection ToIdentity(this FlatRecord1 record) => new()
    {
        ConnectionId = record.ConnectionId,
        Epoch = record.Epoch,
        LocalAddress = record.LocalAddress,
        LocalPort = record.LocalPort,
        RemoteAddress = record.RemoteAddress,
        RemotePort = record.RemotePort,
        State = record.State,
        IsPassive = record.IsPassive,
    };

    private static NegotiatedSection ToNegotiated(this FlatRecord1 record) => new()
    {
        SendMss = record.SendMss,
        ReceiveMss = record.ReceiveMss,
        WindowScaling = record.WindowScaling,
        SndWindScale = record.SndWindScale,
        RcvWindScale = record.RcvWindScale,
        SackPermitted = record.SackPermitted,
        Timestamps = record.Timestamps,
        Ecn = record.Ecn,
    };

    private static SendSpaceSection ToSend(this FlatRecord1 record) => new()
    {
        Iss = record.Iss,
        SndUna = record.SndUna,
        SndNxt = record.SndNxt,
        SndMax = record.SndMax,
        SndWnd = record.SndWnd,
        MaxSndWnd = record.MaxSndWnd,
        SndWl1 = record.SndWl1,
        SndWl2 = record.SndWl2,
        FinQueued = record.FinQueued,
        FinSent = record.FinSent,
        SmallOutstanding = record.SmallOutstanding,
    };

    private static ReceiveSpaceSection ToReceive(this FlatRecord1 record) => new()
    {
        Irs = record.Irs,
        RcvNxt = record.RcvNxt,
        RcvWnd = record.RcvWnd,
        RcvWup = record.RcvWup,
        LastAckSent = record.LastAckSent,
        FinReceived = record.FinReceived,
        HasPendingFin = record.HasPendingFin,
        PendingFin = record.PendingFin,
    };

    private static PendingOutputSection ToPending(this FlatRecord1 record) => new()
    {
        SynPending = record.SynPending,
        AckPending = record.AckPending,
        RetransmitPending = record.RetransmitPending,
        ProbePending = record.ProbePending,
        HasResetOwed = record.HasResetOwed,
        ResetOwed = record.ResetOwed,
        CorkExpired = record.CorkExpired,
    };

    private static TimersSection ToTimers(this FlatRecord1 record) => new()
    {
        RetransmitTicksLeft = record.RetransmitTicksLeft,
        DelayedAckTicksLeft = record.DelayedAckTicksLeft,
        PersistTicksLeft = record.PersistTicksLeft,
        KeepaliveTicksLeft = record.KeepaliveTicksLeft,
        TimeWaitTicksLeft = record.TimeWaitTicksLeft,
        PacingTicksLeft = record.PacingTicksLeft,
        ReorderingTicksLeft = record.ReorderingTicksLeft,
        TailLossProbeTicksLeft = record.TailLossProbeTicksLeft,
        CorkTicksLeft = record.CorkTicksLeft,
        LingerTicksLeft = record.LingerTicksLeft,
        DeferAcceptTicksLeft = record.DeferAcceptTicksLeft,
    };

    private static AcknowledgingSection ToAcknowledging(this FlatRecord1 record) => new()
    {
        QuickAcks = record.QuickAcks,
        DuplicateAcksOwed = record.DuplicateAcksOwed,
        HasDuplicate = record.HasDuplicate,
        DuplicateLeft = record.DuplicateLeft,
        DuplicateRight = record.DuplicateRight,
        OutOfOrderRecent = record.OutOfOrderRecent,
    };

    private static RetransmissionSection ToRetransmission(this FlatRecord1 record) => new()
    {
        RetransmitCount = record.RetransmitCount,
        RetransmittingTicks = record.RetransmittingTicks,
    };

    private static RoundTripSection ToRoundTrip(this FlatRecord1 record) => new()
    {
        HasRtt = record.HasRtt,
        SRttTicks = record.SRttTicks,
        RttVarTicks = record.RttVarTicks,
        MinRttTicks = record.MinRttTicks,
        RtoTicks = record.RtoTicks,
        DeviationTicks = record.RttDeviationTicks,
        LargestDeviationTicks = record.RttLargestDeviationTicks,
        RoundEndTicks = record.RttRoundEndTicks,
        RecentMinRttTicks = record.RecentMinRttTicks,
        RecentMinRttEndTicks = record.RecentMinRttEndTicks,
    };

    private static TimestampsSection ToTimestamps(this FlatRecord1 record) => new()
    {
        HasTsRecent = record.HasTsRecent,
        TsRecent = record.TsRecent,
        TsRecentAgeTicks = record.TsRecentAgeTicks,
        TsFloor = record.TsFloor,
        TsFloorNext = record.TsFloorNext,
        TsFloorAgeTicks = record.TsFloorAgeTicks,
        ClockTicks = record.TimestampClockTicks,
    };

    private static LivenessSection ToLiveness(this FlatRecord1 record) => new()
    {
        PersistProbes = record.PersistProbes,
        PersistingTicks = record.PersistingTicks,
        KeepaliveProbes = record.KeepaliveProbes,
        IdleTicks = record.IdleTicks,
        SendIdleTicks = record.SendIdleTicks,
        ChallengedTicks = record.ChallengedTicks,
    };

    private static EcnSection ToEcn(this FlatRecord1 record) => new()
    {
        Echoing = record.EcnEchoing,
        CwrPending = record.CwrPending,
        HasAnswered = record.HasEcnAnswered,
        AnsweredThrough = record.EcnAnsweredThrough,
    };

    private static FastOpenSection ToFastOpen(this FlatRecord1 record) => new()
    {
        HasOption = record.HasFastOpen,
        Cookie = record.FastOpenCookie,
        Mss = record.FastOpenMss,
        PayloadTaken = record.FastOpened,
        Failed = record.FastOpenFailed,
    };

    private static CongestionSection ToCongestion(this FlatRecord1 record) => new()
    {
        Algorithm = record.CongestionAlgorithm,
        Cwnd = record.Cwnd,
        SsThresh = record.SsThresh,
        PrivateState = record.CongestionPrivate,
        CwndLimited = record.CwndLimited,
        CwndLimitedThrough = record.CwndLimitedThrough,
        MostOutstanding = record.MostOutstanding,
    };

    private static PacingSection ToPacing(this FlatRecord1 record) => new()
    {
        NextTicks = record.PacingNextTicks,
        PacesRestart = record.PacesRestart,
    };

    private static RecoverySection ToRecovery(this FlatRecord1 record) => new()
    {
        State = record.RecoveryState,
        HasRecoveryPoint = record.HasRecoveryPoint,
        RecoveryPoint = record.RecoveryPoint,
        IsJustRecovered = record.IsJustRecovered,
        DupAckCount = record.DupAckCount,
    };

    private static ScoreboardSection ToScoreboard(this FlatRecord1 record) => new()
    {
        RunSequences = record.RunSequences,
        RunFlags = record.RunFlags,
        RunSentTicks = record.RunSentTicks,
        RunOrders = record.RunOrders,
        RunSegmentSizes = record.RunSegmentSizes,
        RunSegments = record.RunSegments,
        RunFirstSentTicks = record.RunFirstSentTicks,
        RunDeliveredTicks = record.RunDeliveredTicks,
        RunDelivered = record.RunDelivered,
        RunLost = record.RunLost,
        RunFlights = record.RunFlights,
        RunApplicationLimited = record.RunApplicationLimited,
        HasHighestDelivered = record.HasHighestDelivered,
        HighestDelivered = record.HighestDelivered,
        TotalLost = record.TotalLost,
        Transmissions = record.Transmissions,
    };

    private static DeliveryRateSection ToDeliveryRate(this FlatRecord1 record) => new()
    {
        Delivered = record.Delivered,
        DeliveredTicks = record.DeliveredTicks,
        FirstSentTicks = record.FirstSentTicks,
        ApplicationLimitedUntil = record.ApplicationLimitedUntil,
    };

    private static RackSection ToRack(this FlatRecord1 record) => new()
    {
        HasLatest = record.HasRack,
        SentTicks = record.RackSentTicks,
        Order = record.RackOrder,
        End = record.RackEnd,
        RttTicks = record.RackRttTicks,
        ReorderingSeen = record.RackReorderingSeen,
        Multiplier = record.RackMultiplier,
        Persistence = record.RackPersistence,
        HasRound = record.HasRackRound,
        Round = record.RackRound,
    };

    private static TailLossProbeSection ToTailLossProbe(this FlatRecord1 record) => new()
    {
        HasEnd = record.HasProbe,
        End = record.ProbeEnd,
        RepeatedBytes = record.ProbeRepeatedBytes,
        IsPending = record.TailLossProbePending,
    };

    private static RateReductionSection ToRateReduction(this FlatRecord1 record) => new()
    {
        IsActive = record.PrrActive,
        FlightBefore = record.PrrFlightBefore,
        Delivered = record.PrrDelivered,
        Sent = record.PrrSent,
        Allowance = record.PrrAllowance,
    };

    private static UndoSection ToUndo(this FlatRecord1 record) => new()
    {
        HasMarker = record.HasUndoMarker,
        Marker = record.UndoMarker,
        Retransmitted = record.UndoRetransmitted,
        HasFirstRetransmission = record.HasFirstRetransmission,
        FirstRetransmissionTicks = record.FirstRetransmissionTicks,
        ForwardRtoPhase = record.ForwardRtoPhase,
    };

    private static PathSection ToPath(this FlatRecord1 record) => new()
    {
        Mtu = record.PathMtu,
        RaiseTicksLeft = record.PathMtuRaiseTicksLeft,
        ProbeMtu = record.PathProbeMtu,
        ProbeStart = record.PathProbeStart,
        ProbeEnd = record.PathProbeEnd,
        ProbesLost = record.PathProbesLost,
        FullStops = record.FullStops,
        LargeArrivedTicks = record.LargeArrivedTicks,
    };

    private static SocketOptionsSection ToOptions(this FlatRecord1 record) => new()
    {
        NoDelay = record.NoDelay,
        Cork = record.Cork,
        QuickAckMode = record.QuickAckMode,
        LingerTicks = record.LingerTicks,
        Linger2Ticks = record.Linger2Ticks,
        DeferAcceptTicks = record.DeferAcceptTicks,
        NotSentLowWater = record.NotSentLowWater,
        MaximumSegmentSize = record.MaximumSegmentSize,
        MaximumSynRetransmits = record.MaximumSynRetransmits,
        SendBuffer = record.SendBuffer,
        ReceiveBuffer = record.ReceiveBuffer,
        KeepAlive = record.KeepAlive,
        KeepaliveIdleTicks = record.KeepaliveIdleTicks,
        KeepaliveIntervalTicks = record.KeepaliveIntervalTicks,
        KeepaliveCount = record.KeepaliveCount,
        UserTimeoutTicks = record.UserTimeoutTicks,
        HopLimit = record.HopLimit,
        TrafficClass = record.TrafficClass,
    };

    private static BuffersSection ToBuffers(this FlatRecord1 record) => new()
    {
        SendLimit = record.SendLimit,
        ReceiveCapacity = record.ReceiveCapacity,
        ReceiveLimit = record.ReceiveLimit,
    };

    private static ReceiveTuningSection ToReceiveTuning(this FlatRecord1 record) => new()
    {
        RttTicks = record.ReceiveRttTicks,
        FullestRound = record.ReceiveFullestRound,
        RoundBytes = record.ReceiveRoundBytes,
        RoundTicks = record.ReceiveRoundTicks,
        RttEcho = record.ReceiveRttEcho,
        RttWindowEnd = record.ReceiveRttWindowEnd,
        RttWindowTicks = record.ReceiveRttWindowTicks,
    };

    private static StatisticsSection ToStatistics(this FlatRecord1 record) => new()
    {
        BytesSent = record.BytesSent,
        BytesReceived = record.BytesReceived,
        SegmentsSent = record.SegmentsSent,
        SegmentsReceived = record.SegmentsReceived,
        Retransmissions = record.Retransmissions,
        BytesRetransmitted = record.BytesRetransmitted,
        DuplicateReports = record.DuplicateReports,
        Reorderings = record.Reorderings,
        ReorderedSegments = record.ReorderedSegments,
        PayloadIdleTicks = record.TextIdleTicks,
        DeliveredMarked = record.DeliveredMarked,
        SendHold = record.SendHold,
        SendingTicks = record.SendingTicks,
        PeerLimitedTicks = record.PeerLimitedTicks,
        SendLimitedTicks = record.SendLimitedTicks,
        OutOfOrderSegments = record.OutOfOrderSegments,
        LargestReceived = record.LargestReceived,
        DeliveryRateBytes = record.DeliveryRateBytes,
        DeliveryRateTicks = record.DeliveryRateTicks,
        DeliveryRateApplicationLimited = record.DeliveryRateApplicationLimited,
    };
}
