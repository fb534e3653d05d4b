using ActorStack.Transport.State;

namespace ActorStack.Actors.Serialization.Legacy;

/// <summary>
/// The record of version 1: one flat type with the payload inside. Names and types are frozen, because the fields of the blob
/// follow from them. <see cref="FlatRecord1Conversion"/> puts the fields into the sections of <see cref="TcpConnectionState"/>,
/// where their meaning is documented.
/// </summary>
internal sealed record FlatRecord1
{
    public int Version { get; init; } = 1;

    public string ConnectionId { get; init; } = "";

    public long Epoch { get; init; }

    public byte[] LocalAddress { get; init; } = [];

    public ushort LocalPort { get; init; }

    public byte[] RemoteAddress { get; init; } = [];

    public ushort RemotePort { get; init; }

    public TcpState State { get; init; }

    public bool IsPassive { get; init; }

    public ushort SendMss { get; init; }

    public ushort ReceiveMss { get; init; }

    public bool WindowScaling { get; init; }

    public byte SndWindScale { get; init; }

    public byte RcvWindScale { get; init; }

    public bool SackPermitted { get; init; }

    public bool Timestamps { get; init; }

    public bool Ecn { get; init; }

    public bool EcnEchoing { get; init; }

    public bool CwrPending { get; init; }

    public bool HasEcnAnswered { get; init; }

    public uint EcnAnsweredThrough { get; init; }

    public bool HasFastOpen { get; init; }

    public byte[] FastOpenCookie { get; init; } = [];

    public ushort FastOpenMss { get; init; }

    public bool FastOpened { get; init; }

    public bool FastOpenFailed { get; init; }

    public uint Iss { get; init; }

    public uint SndUna { get; init; }

    public uint SndNxt { get; init; }

    public uint SndMax { get; init; }

    public uint SndWnd { get; init; }

    public uint MaxSndWnd { get; init; }

    public uint SndWl1 { get; init; }

    public uint SndWl2 { get; init; }

    public byte[] Unacknowledged { get; init; } = [];

    public byte[] Unsent { get; init; } = [];

    public bool FinQueued { get; init; }

    public bool FinSent { get; init; }

    public uint SmallOutstanding { get; init; }

    public uint Irs { get; init; }

    public uint RcvNxt { get; init; }

    public uint RcvWnd { get; init; }

    public uint RcvWup { get; init; }

    public uint LastAckSent { get; init; }

    public byte[] Undelivered { get; init; } = [];

    public uint[] OutOfOrderSequences { get; init; } = [];

    public byte[][] OutOfOrderData { get; init; } = [];

    public uint[] OutOfOrderRecent { get; init; } = [];

    public bool HasDuplicate { get; init; }

    public uint DuplicateLeft { get; init; }

    public uint DuplicateRight { get; init; }

    public bool FinReceived { get; init; }

    public bool HasPendingFin { get; init; }

    public uint PendingFin { get; init; }

    public string CongestionAlgorithm { get; init; } = "";

    public uint Cwnd { get; init; }

    public uint SsThresh { get; init; }

    public long[] CongestionPrivate { get; init; } = [];

    public bool RetransmitPending { get; init; }

    public bool CwndLimited { get; init; }

    public uint CwndLimitedThrough { get; init; }

    public uint MostOutstanding { get; init; }

    public long PacingNextTicks { get; init; }

    public long PacingTicksLeft { get; init; } = TcpConnectionState.NotRunning;

    public bool PacesRestart { get; init; }

    public bool HasRtt { get; init; }

    public long SRttTicks { get; init; }

    public long RttVarTicks { get; init; }

    public long MinRttTicks { get; init; }

    public long RtoTicks { get; init; }

    public int RetransmitCount { get; init; }

    public long RetransmitTicksLeft { get; init; } = TcpConnectionState.NotRunning;

    public long DelayedAckTicksLeft { get; init; } = TcpConnectionState.NotRunning;

    public long PersistTicksLeft { get; init; } = TcpConnectionState.NotRunning;

    public long KeepaliveTicksLeft { get; init; } = TcpConnectionState.NotRunning;

    public long TimeWaitTicksLeft { get; init; } = TcpConnectionState.NotRunning;

    public bool HasTsRecent { get; init; }

    public uint TsRecent { get; init; }

    public long TsRecentAgeTicks { get; init; }

    public uint TsFloor { get; init; }

    public uint TsFloorNext { get; init; }

    public long TsFloorAgeTicks { get; init; }

    public long TimestampClockTicks { get; init; }

    public bool AckPending { get; init; }

    public int DuplicateAcksOwed { get; init; }

    public int QuickAcks { get; init; }

    public int PersistProbes { get; init; }

    public bool ProbePending { get; init; }

    public bool SynPending { get; init; }

    public bool HasResetOwed { get; init; }

    public uint ResetOwed { get; init; }

    public long RetransmittingTicks { get; init; } = TcpConnectionState.NotRunning;

    public long PersistingTicks { get; init; } = TcpConnectionState.NotRunning;

    public long ChallengedTicks { get; init; } = TcpConnectionState.NotRunning;

    public int KeepaliveProbes { get; init; }

    public long IdleTicks { get; init; }

    public long SendIdleTicks { get; init; }

    public int PathMtu { get; init; }

    public long PathMtuRaiseTicksLeft { get; init; } = TcpConnectionState.NotRunning;

    public int PathProbeMtu { get; init; }

    public uint PathProbeStart { get; init; }

    public uint PathProbeEnd { get; init; }

    public int PathProbesLost { get; init; }

    public int FullStops { get; init; }

    public long LargeArrivedTicks { get; init; } = TcpConnectionState.NotRunning;

    public bool NoDelay { get; init; }

    public bool Cork { get; init; }

    public long CorkTicksLeft { get; init; } = TcpConnectionState.NotRunning;

    public bool CorkExpired { get; init; }

    public byte QuickAckMode { get; init; }

    public long LingerTicks { get; init; } = TcpConnectionState.NotRunning;

    public long LingerTicksLeft { get; init; } = TcpConnectionState.NotRunning;

    public long Linger2Ticks { get; init; }

    public long DeferAcceptTicks { get; init; }

    public long DeferAcceptTicksLeft { get; init; } = TcpConnectionState.NotRunning;

    public int NotSentLowWater { get; init; }

    public ushort MaximumSegmentSize { get; init; } = ushort.MaxValue;

    public int MaximumSynRetransmits { get; init; }

    public int SendBuffer { get; init; }

    public int ReceiveBuffer { get; init; }

    public bool KeepAlive { get; init; }

    public long KeepaliveIdleTicks { get; init; }

    public long KeepaliveIntervalTicks { get; init; }

    public int KeepaliveCount { get; init; }

    public long UserTimeoutTicks { get; init; }

    public byte HopLimit { get; init; }

    public byte TrafficClass { get; init; }

    public long SendLimit { get; init; }

    public uint ReceiveCapacity { get; init; }

    public uint ReceiveLimit { get; init; }

    public long ReceiveRttTicks { get; init; }

    public long ReceiveFullestRound { get; init; }

    public long ReceiveRoundBytes { get; init; }

    public long ReceiveRoundTicks { get; init; } = TcpConnectionState.NotRunning;

    public uint ReceiveRttEcho { get; init; }

    public uint ReceiveRttWindowEnd { get; init; }

    public long ReceiveRttWindowTicks { get; init; }

    public long BytesSent { get; init; }

    public long BytesReceived { get; init; }

    public long SegmentsSent { get; init; }

    public long SegmentsReceived { get; init; }

    public long Retransmissions { get; init; }

    public long BytesRetransmitted { get; init; }

    public long DuplicateReports { get; init; }

    public long Reorderings { get; init; }

    public int ReorderedSegments { get; init; }

    public long TextIdleTicks { get; init; }

    public long DeliveredMarked { get; init; }

    public byte SendHold { get; init; }

    public long SendingTicks { get; init; }

    public long PeerLimitedTicks { get; init; }

    public long SendLimitedTicks { get; init; }

    public long OutOfOrderSegments { get; init; }

    public int LargestReceived { get; init; }

    public long DeliveryRateBytes { get; init; }

    public long DeliveryRateTicks { get; init; }

    public bool DeliveryRateApplicationLimited { get; init; }

    public byte RecoveryState { get; init; }

    public uint RecoveryPoint { get; init; }

    public bool HasRecoveryPoint { get; init; }

    public bool IsJustRecovered { get; init; }

    public int DupAckCount { get; init; }

    public uint[] RunSequences { get; init; } = [];

    public byte[] RunFlags { get; init; } = [];

    public long[] RunSentTicks { get; init; } = [];

    public long[] RunOrders { get; init; } = [];

    public uint[] RunSegmentSizes { get; init; } = [];

    public uint[] RunSegments { get; init; } = [];

    public long[] RunFirstSentTicks { get; init; } = [];

    public long[] RunDeliveredTicks { get; init; } = [];

    public long[] RunDelivered { get; init; } = [];

    public long[] RunLost { get; init; } = [];

    public uint[] RunFlights { get; init; } = [];

    public byte[] RunApplicationLimited { get; init; } = [];

    public bool HasHighestDelivered { get; init; }

    public uint HighestDelivered { get; init; }

    public long TotalLost { get; init; }

    public long Transmissions { get; init; }

    public long Delivered { get; init; }

    public long DeliveredTicks { get; init; }

    public long FirstSentTicks { get; init; }

    public long ApplicationLimitedUntil { get; init; }

    public bool HasRack { get; init; }

    public long RackSentTicks { get; init; }

    public long RackOrder { get; init; }

    public uint RackEnd { get; init; }

    public long RackRttTicks { get; init; }

    public bool RackReorderingSeen { get; init; }

    public int RackMultiplier { get; init; } = 1;

    public int RackPersistence { get; init; }

    public bool HasRackRound { get; init; }

    public uint RackRound { get; init; }

    public long ReorderingTicksLeft { get; init; } = TcpConnectionState.NotRunning;

    public bool HasProbe { get; init; }

    public uint ProbeEnd { get; init; }

    public uint ProbeRepeatedBytes { get; init; }

    public bool TailLossProbePending { get; init; }

    public long TailLossProbeTicksLeft { get; init; } = TcpConnectionState.NotRunning;

    public bool PrrActive { get; init; }

    public long PrrFlightBefore { get; init; }

    public long PrrDelivered { get; init; }

    public long PrrSent { get; init; }

    public long PrrAllowance { get; init; }

    public bool HasUndoMarker { get; init; }

    public uint UndoMarker { get; init; }

    public long UndoRetransmitted { get; init; }

    public bool HasFirstRetransmission { get; init; }

    public long FirstRetransmissionTicks { get; init; }

    public byte ForwardRtoPhase { get; init; }

    public long RttDeviationTicks { get; init; }

    public long RttLargestDeviationTicks { get; init; }

    public long RttRoundEndTicks { get; init; }

    public long RecentMinRttTicks { get; init; } = TcpConnectionState.NotRunning;

    public long RecentMinRttEndTicks { get; init; }
}
