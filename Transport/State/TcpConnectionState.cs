namespace ActorStack.Transport.State;

/// <summary>
/// The one canonical record of a TCP connection: what travels in every migration, whatever the stacks at either end.
/// Flat and primitive, so that any serializer carries it; the names are the field's own. Times are ticks of 100 ns; a deadline
/// travels as the time left (-1: not running), because clocks do not travel. Sequence numbers are raw 32-bit values.
/// </summary>
public sealed partial record TcpConnectionState
{
    /// <summary>The schema this build writes and the newest it reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>A timer that is not running.</summary>
    public const long NotRunning = -1;

    public int Version { get; init; } = CurrentVersion;

    // Identity

    /// <summary>The name of the connection over its whole life, on every stack and node.</summary>
    public string ConnectionId { get; init; } = "";

    /// <summary>Counter of ownership; every migration raises it.</summary>
    public long Epoch { get; init; }

    public byte[] LocalAddress { get; init; } = [];

    public ushort LocalPort { get; init; }

    public byte[] RemoteAddress { get; init; } = [];

    public ushort RemotePort { get; init; }

    public TcpState State { get; init; }

    /// <summary>The connection was opened by the peer (matters in SYN-RECEIVED, RFC 9293 section 3.10.7.4).</summary>
    public bool IsPassive { get; init; }

    // Negotiated

    /// <summary>The peer's MSS option: payload and options of a segment to it, bytes.</summary>
    public ushort SendMss { get; init; }

    /// <summary>The MSS announced to the peer, bytes.</summary>
    public ushort ReceiveMss { get; init; }

    public bool WindowScaling { get; init; }

    /// <summary>Shift applied to windows the peer announces (Snd.Wind.Shift).</summary>
    public byte SndWindScale { get; init; }

    /// <summary>Shift applied to windows announced to the peer (Rcv.Wind.Shift).</summary>
    public byte RcvWindScale { get; init; }

    public bool SackPermitted { get; init; }

    public bool Timestamps { get; init; }

    /// <summary>Explicit Congestion Notification is in use (RFC 3168).</summary>
    public bool Ecn { get; init; }

    /// <summary>A mark arrived and is echoed until the peer says that it reduced its window.</summary>
    public bool EcnEchoing { get; init; }

    /// <summary>The next new data tells the peer that the window was reduced (CWR).</summary>
    public bool CwrPending { get; init; }

    public bool HasEcnAnswered { get; init; }

    /// <summary>SND.MAX when the window was last reduced: an echo of data before it is of marks already answered.</summary>
    public uint EcnAnsweredThrough { get; init; }

    /// <summary>A Fast Open option goes with the next SYN or SYN,ACK (RFC 7413).</summary>
    public bool HasFastOpen { get; init; }

    /// <summary>Its cookie; empty: it asks for one.</summary>
    public byte[] FastOpenCookie { get; init; } = [];

    /// <summary>The MSS the cookie's granter announced, bytes; 0: unknown.</summary>
    public ushort FastOpenMss { get; init; }

    /// <summary>The text of the peer's SYN was taken: the application began, and may send, in SYN-RECEIVED.</summary>
    public bool FastOpened { get; init; }

    /// <summary>A SYN with text had no answer.</summary>
    public bool FastOpenFailed { get; init; }

    // Send side

    public uint Iss { get; init; }

    public uint SndUna { get; init; }

    public uint SndNxt { get; init; }

    /// <summary>The highest sequence number ever sent, plus one; above SndNxt where a stack went back after a timeout.</summary>
    public uint SndMax { get; init; }

    /// <summary>The peer's window, bytes, scaled up.</summary>
    public uint SndWnd { get; init; }

    /// <summary>The largest window the peer ever announced, bytes.</summary>
    public uint MaxSndWnd { get; init; }

    public uint SndWl1 { get; init; }

    public uint SndWl2 { get; init; }

    /// <summary>Bytes from SndUna to SndMax.</summary>
    public byte[] Unacknowledged { get; init; } = [];

    /// <summary>Bytes written by the application, held by the exporting stack and never sent.</summary>
    public byte[] Unsent { get; init; } = [];

    /// <summary>The application closed: a FIN follows the last byte.</summary>
    public bool FinQueued { get; init; }

    /// <summary>The FIN was sent; it is then the last number below SndMax.</summary>
    public bool FinSent { get; init; }

    /// <summary>Bytes from SndUna to the end of the last segment that was not full (RFC 9293 appendix A.3); 0: it is acknowledged.</summary>
    public uint SmallOutstanding { get; init; }

    // Receive side

    public uint Irs { get; init; }

    public uint RcvNxt { get; init; }

    /// <summary>Room announced to the peer from RcvWup on, bytes: the right edge RcvWup + RcvWnd never moves back.</summary>
    public uint RcvWnd { get; init; }

    /// <summary>RCV.NXT when the window was last announced.</summary>
    public uint RcvWup { get; init; }

    /// <summary>The last acknowledgment number sent (RFC 7323's Last.ACK.sent).</summary>
    public uint LastAckSent { get; init; }

    /// <summary>In-order bytes the exporting stack holds and has not handed to the application.</summary>
    public byte[] Undelivered { get; init; } = [];

    /// <summary>Sequence numbers of the out-of-order runs in <see cref="OutOfOrderData"/>, ascending, not touching.</summary>
    public uint[] OutOfOrderSequences { get; init; } = [];

    public byte[][] OutOfOrderData { get; init; } = [];

    /// <summary>Numbers in the out-of-order runs that changed last, newest first: the order of SACK blocks (RFC 2018 section 4).</summary>
    public uint[] OutOfOrderRecent { get; init; } = [];

    /// <summary>Text that arrived a second time, from left to before right, is to be reported (RFC 2883).</summary>
    public bool HasDuplicate { get; init; }

    public uint DuplicateLeft { get; init; }

    public uint DuplicateRight { get; init; }

    /// <summary>The peer's FIN has been taken in order.</summary>
    public bool FinReceived { get; init; }

    /// <summary>A FIN waits beyond a gap at <see cref="PendingFin"/>.</summary>
    public bool HasPendingFin { get; init; }

    public uint PendingFin { get; init; }

    // Congestion

    /// <summary>The algorithm whose private state <see cref="CongestionPrivate"/> is.</summary>
    public string CongestionAlgorithm { get; init; } = "";

    /// <summary>Congestion window, bytes.</summary>
    public uint Cwnd { get; init; }

    /// <summary>Slow start threshold, bytes; <see cref="uint.MaxValue"/> while unknown.</summary>
    public uint SsThresh { get; init; }

    /// <summary>The algorithm's own numbers, in its own order.</summary>
    public long[] CongestionPrivate { get; init; } = [];

    /// <summary>The first unacknowledged segment is to be resent at the next output.</summary>
    public bool RetransmitPending { get; init; }

    /// <summary>The congestion window limited the sender in the last round (RFC 7661).</summary>
    public bool CwndLimited { get; init; }

    /// <summary>SND.MAX when the use of the window was last noted: a round lasts until it is acknowledged.</summary>
    public uint CwndLimitedThrough { get; init; }

    /// <summary>The most bytes that were outstanding in that round.</summary>
    public uint MostOutstanding { get; init; }

    /// <summary>Time to the next paced burst; negative: since it could have left.</summary>
    public long PacingNextTicks { get; init; }

    public long PacingTicksLeft { get; init; } = NotRunning;

    /// <summary>The first flight after idle is paced.</summary>
    public bool PacesRestart { get; init; }

    // Time

    public bool HasRtt { get; init; }

    public long SRttTicks { get; init; }

    public long RttVarTicks { get; init; }

    /// <summary>The smallest round trip of the last minutes (RFC 8985 section 6.2), ticks; 0 while unknown.</summary>
    public long MinRttTicks { get; init; }

    /// <summary>The retransmission timeout, backed off until the next round trip is measured (RFC 6298 section 5.5).</summary>
    public long RtoTicks { get; init; }

    /// <summary>Consecutive timeouts of the same data.</summary>
    public int RetransmitCount { get; init; }

    public long RetransmitTicksLeft { get; init; } = NotRunning;

    public long DelayedAckTicksLeft { get; init; } = NotRunning;

    public long PersistTicksLeft { get; init; } = NotRunning;

    public long KeepaliveTicksLeft { get; init; } = NotRunning;

    public long TimeWaitTicksLeft { get; init; } = NotRunning;

    public bool HasTsRecent { get; init; }

    public uint TsRecent { get; init; }

    public long TsRecentAgeTicks { get; init; }

    /// <summary>The timestamp below which a segment is an old duplicate.</summary>
    public uint TsFloor { get; init; }

    /// <summary>What it will be next.</summary>
    public uint TsFloorNext { get; init; }

    /// <summary>Since <see cref="TsFloorNext"/> was TS.Recent.</summary>
    public long TsFloorAgeTicks { get; init; }

    /// <summary>The connection's timestamp clock at export, ticks; TSval is this in milliseconds, modulo 2^32. Never runs back.</summary>
    public long TimestampClockTicks { get; init; }

    // Acknowledging

    /// <summary>An acknowledgment is owed at the next output.</summary>
    public bool AckPending { get; init; }

    /// <summary>Acknowledgments that repeat the last and are owed to a peer without SACK at the next output (RFC 5681 section 4.2).</summary>
    public int DuplicateAcksOwed { get; init; }

    /// <summary>Segments still acknowledged at once (quick ACK after the start and after loss).</summary>
    public int QuickAcks { get; init; }

    // Liveness

    public int PersistProbes { get; init; }

    /// <summary>A window or keepalive probe is due at the next output.</summary>
    public bool ProbePending { get; init; }

    /// <summary>A SYN or SYN,ACK is due at the next output.</summary>
    public bool SynPending { get; init; }

    /// <summary>A RST with the sequence number <see cref="ResetOwed"/> is due at the next output.</summary>
    public bool HasResetOwed { get; init; }

    public uint ResetOwed { get; init; }

    /// <summary>Time since the first timeout of the data now outstanding (TotalRT); -1: none.</summary>
    public long RetransmittingTicks { get; init; } = NotRunning;

    /// <summary>Time since the first probe of the window that is shut; -1: none.</summary>
    public long PersistingTicks { get; init; } = NotRunning;

    /// <summary>Time since the last challenge ACK (RFC 5961 section 7); -1: none.</summary>
    public long ChallengedTicks { get; init; } = NotRunning;

    public int KeepaliveProbes { get; init; }

    /// <summary>Time since the last segment from the peer.</summary>
    public long IdleTicks { get; init; }

    /// <summary>Time since the last segment with data to the peer.</summary>
    public long SendIdleTicks { get; init; }

    // Path

    /// <summary>Path MTU, bytes with IP header.</summary>
    public int PathMtu { get; init; }

    /// <summary>Time until a larger path MTU may be tried (RFC 4821); -1: it is the link's, or a probe is under way.</summary>
    public long PathMtuRaiseTicksLeft { get; init; } = NotRunning;

    /// <summary>The path MTU that a segment under way tries; 0: none does.</summary>
    public int PathProbeMtu { get; init; }

    /// <summary>The sequence numbers of that segment, its first and the one after its last.</summary>
    public uint PathProbeStart { get; init; }

    public uint PathProbeEnd { get; init; }

    /// <summary>Such segments that were lost one after another.</summary>
    public int PathProbesLost { get; init; }

    /// <summary>Timeouts of a large segment in a row, with none of its size arriving between (RFC 4821 section 7.7).</summary>
    public int FullStops { get; init; }

    /// <summary>Time since a large segment last arrived at the peer; -1: none did.</summary>
    public long LargeArrivedTicks { get; init; } = NotRunning;

    // User options

    public bool NoDelay { get; init; }

    public bool Cork { get; init; }

    /// <summary>Time that what the cork holds back has left; -1: nothing is.</summary>
    public long CorkTicksLeft { get; init; } = NotRunning;

    /// <summary>What the cork held back may leave all the same.</summary>
    public bool CorkExpired { get; init; }

    /// <summary>Acknowledges by the course of the connection, always at once, never at once: 0 to 2.</summary>
    public byte QuickAckMode { get; init; }

    /// <summary>SO_LINGER; -1: off, 0: a RST at once.</summary>
    public long LingerTicks { get; init; } = NotRunning;

    /// <summary>Time that a connection which its application left has until it is reset; -1: no limit runs.</summary>
    public long LingerTicksLeft { get; init; } = NotRunning;

    /// <summary>How long FIN-WAIT-2 lasts where nobody reads; 0: as long as TIME-WAIT.</summary>
    public long Linger2Ticks { get; init; }

    public long DeferAcceptTicks { get; init; }

    /// <summary>The application waits so long yet for the first data; -1: not, or not any more.</summary>
    public long DeferAcceptTicksLeft { get; init; } = NotRunning;

    /// <summary>0: no limit of its own.</summary>
    public int NotSentLowWater { get; init; }

    /// <summary>TCP_MAXSEG, bytes.</summary>
    public ushort MaximumSegmentSize { get; init; } = ushort.MaxValue;

    public int MaximumSynRetransmits { get; init; }

    /// <summary>SO_SNDBUF, bytes; 0: the host's.</summary>
    public int SendBuffer { get; init; }

    /// <summary>SO_RCVBUF, bytes; 0: the host's.</summary>
    public int ReceiveBuffer { get; init; }

    public bool KeepAlive { get; init; }

    public long KeepaliveIdleTicks { get; init; }

    public long KeepaliveIntervalTicks { get; init; }

    public int KeepaliveCount { get; init; }

    /// <summary>0: no limit of its own (RFC 5482).</summary>
    public long UserTimeoutTicks { get; init; }

    public byte HopLimit { get; init; }

    /// <summary>DSCP in the upper six bits.</summary>
    public byte TrafficClass { get; init; }

    // Buffers

    /// <summary>Bytes that the application may be ahead of the peer's acknowledgments; follows the congestion window.</summary>
    public long SendLimit { get; init; }

    /// <summary>The window that the receive side may ever announce, bytes.</summary>
    public uint ReceiveCapacity { get; init; }

    /// <summary>Up to which it announces now; grows with what the application reads in a round trip.</summary>
    public uint ReceiveLimit { get; init; }

    /// <summary>The round trip as the receiver sees it; 0 while unknown.</summary>
    public long ReceiveRttTicks { get; init; }

    /// <summary>Bytes the application read in the fullest round trip so far.</summary>
    public long ReceiveFullestRound { get; init; }

    /// <summary>Bytes it read in the round trip now measured.</summary>
    public long ReceiveRoundBytes { get; init; }

    /// <summary>Age of that measurement; -1: none is under way, the importer begins one.</summary>
    public long ReceiveRoundTicks { get; init; } = NotRunning;

    /// <summary>The timestamp whose echo was measured last.</summary>
    public uint ReceiveRttEcho { get; init; }

    /// <summary>Without timestamps: where the window's worth ends that is being timed, and for how long.</summary>
    public uint ReceiveRttWindowEnd { get; init; }

    public long ReceiveRttWindowTicks { get; init; }

    // Counters that go on over moves

    public long BytesSent { get; init; }

    public long BytesReceived { get; init; }

    public long SegmentsSent { get; init; }

    public long SegmentsReceived { get; init; }

    public long Retransmissions { get; init; }

    public long BytesRetransmitted { get; init; }

    /// <summary>Duplicates that the peer reported (RFC 2883).</summary>
    public long DuplicateReports { get; init; }

    public long Reorderings { get; init; }

    /// <summary>The most segments that overtook one.</summary>
    public int ReorderedSegments { get; init; }

    /// <summary>Since text last arrived.</summary>
    public long TextIdleTicks { get; init; }

    /// <summary>Bytes whose acknowledgments echoed a mark of the path.</summary>
    public long DeliveredMarked { get; init; }

    /// <summary>What holds the sender up: 0 nothing, 1 the network, 2 the peer's window, 3 its own send limit.</summary>
    public byte SendHold { get; init; }

    /// <summary>Time in which it was sending at the network's pace.</summary>
    public long SendingTicks { get; init; }

    /// <summary>Time in which the peer's window held it up.</summary>
    public long PeerLimitedTicks { get; init; }

    /// <summary>Time in which its own send limit did.</summary>
    public long SendLimitedTicks { get; init; }

    /// <summary>Segments that arrived beyond a gap.</summary>
    public long OutOfOrderSegments { get; init; }

    /// <summary>Payload of the largest segment that arrived, bytes.</summary>
    public int LargestReceived { get; init; }

    /// <summary>The delivery rate shown last: bytes, and the ticks they took.</summary>
    public long DeliveryRateBytes { get; init; }

    public long DeliveryRateTicks { get; init; }

    public bool DeliveryRateApplicationLimited { get; init; }
}
