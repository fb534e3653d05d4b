using ActorStack.Transport.State;

namespace ActorStack.Transport.Tcp;

/// <summary>What is seen of the connection, under the names and in the units of Linux.</summary>
public sealed partial class TcpConnection
{
    /// <summary>Linux's threshold before the first congestion.</summary>
    private const long NoThreshold = int.MaxValue;

    private ConnectionTally _tally;

    /// <summary>Query: the figures as <c>TCP_INFO</c> names them.</summary>
    public TcpStatistics Statistics(TimeSpan now) => StatisticsOfReceiver(now) with
    {
        State = KernelNumbers.Of(State),
        CaState = (byte)_recovery,
        Retransmits = _retransmitCount,
        Probes = _persistProbes + _keepaliveProbes,
        Backoff = _retransmitCount,
        Options = (byte)((_timestamps ? 1 : 0) | (_sackPermitted ? 2 : 0) | (_windowScaling ? 4 : 0) | (_ecn ? 8 : 0)),
        SndWscale = _sndWindScale,
        RcvWscale = _rcvWindScale,
        Rto = Microseconds(_rtt.Rto),
        SndMss = SegmentPayload,
        Unacked = Segments(Outstanding),
        Sacked = _scoreboard.SackedSegments,
        Lost = Segments(_scoreboard.LostBytes),
        Retrans = Segments(_scoreboard.RetransmittedBytes),
        LastDataSent = Milliseconds(now - _lastSent),
        Pmtu = PathMtu,
        Rtt = Microseconds(_rtt.Smoothed),
        Rttvar = Microseconds(_rtt.Variation),
        SndSsthresh = _congestion.SlowStartThreshold == uint.MaxValue ? NoThreshold : _congestion.SlowStartThreshold / SegmentPayload,
        SndCwnd = _congestion.Window / SegmentPayload,
        TotalRetrans = _retransmissions,
        PacingRate = PacingRate,
        BytesAcked = _bytesSent,
        SegsOut = _segmentsSent,
        NotsentBytes = Math.Max(0, DataEnd - _sndMax),
        MinRtt = Microseconds(_rtt.Minimum),
        DeliveryRate = _tally.BytesPerSecond,
        DeliveryRateAppLimited = _tally.RateApplicationLimited,
        Delivered = Segments(_rate.Delivered),
        BytesSent = _bytesSent + Outstanding + _tally.BytesRetransmitted,
        BytesRetrans = _tally.BytesRetransmitted,
        DsackDups = _tally.DuplicateReports,
        ReordSeen = _tally.Reorderings,
        SndWnd = _sndWnd,
    };

    private TcpStatistics StatisticsOfReceiver(TimeSpan now) => new()
    {
        Ato = Microseconds(_settings.DelayedAck),
        RcvMss = _tally.LargestSegment,
        LastAckRecv = Milliseconds(now - _lastReceived),
        RcvSsthresh = _receive.Limit,
        Advmss = _receiveMss,
        RcvRtt = Microseconds(_tuning.RoundTrip),
        RcvSpace = _tuning.Fullest,
        BytesReceived = _bytesReceived,
        SegsIn = _segmentsReceived,
        RcvOoopack = _tally.OutOfOrderSegments,
        RcvWnd = _rcvAdv - _rcvNxt,
    };

    private void CountRetransmission(int length)
    {
        _retransmissions += WireSegments(length, SegmentPayload);
        _tally.BytesRetransmitted += length;
    }

    private long Segments(long bytes) => (bytes + SegmentPayload - 1) / SegmentPayload;

    private static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    private static long Milliseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMillisecond;

    private TcpConnectionState ExportTally(TcpConnectionState state) => state with
    {
        BytesRetransmitted = _tally.BytesRetransmitted,
        DuplicateReports = _tally.DuplicateReports,
        Reorderings = _tally.Reorderings,
        OutOfOrderSegments = _tally.OutOfOrderSegments,
        LargestReceived = _tally.LargestSegment,
        DeliveryRateBytes = _tally.RateBytes,
        DeliveryRateTicks = _tally.RateTicks,
        DeliveryRateApplicationLimited = _tally.RateApplicationLimited,
    };

    private void ImportTally(TcpConnectionState state) => _tally = new ConnectionTally
    {
        BytesRetransmitted = state.BytesRetransmitted,
        DuplicateReports = state.DuplicateReports,
        Reorderings = state.Reorderings,
        OutOfOrderSegments = state.OutOfOrderSegments,
        LargestSegment = state.LargestReceived,
        RateBytes = state.DeliveryRateBytes,
        RateTicks = state.DeliveryRateTicks,
        RateApplicationLimited = state.DeliveryRateApplicationLimited,
    };
}
