using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;

namespace ActorStack.Transport.Tcp;

/// <summary>What is seen of the connection, under the names and in the units of Linux.</summary>
public sealed partial class TcpConnection
{
    /// <summary>Linux's threshold before the first congestion.</summary>
    private const long NoThreshold = int.MaxValue;

    private ConnectionTally _tally = new();

    /// <summary>What the work of a hostile peer is measured by.</summary>
    internal long ScoreboardVisits => _scoreboard.Visits;

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
        Reordering = _tally.ReorderedSegments,
        BusyTime = Microseconds(_tally.Sending.Busy(now)),
        RwndLimited = Microseconds(_tally.Sending.Of(SendHold.PeerWindow, now)),
        SndbufLimited = Microseconds(_tally.Sending.Of(SendHold.SendLimit, now)),
        DeliveredCe = Segments(_tally.DeliveredMarked),
    };

    /// <summary>Nothing more can be sent now.</summary>
    private void NoteHold(TimeSpan now)
    {
        var unsent = DataEnd - _sndMax;
        var hold = SendHold.Network;
        if (!IsSynchronized || (Outstanding == 0 && unsent <= 0)) hold = SendHold.None;
        else if (unsent > 0 && PeerRoom < Math.Min(unsent, FullSegment) && PeerRoom < CongestionRoom) hold = SendHold.PeerWindow;
        else if (unsent <= 0 && _send.Limit > 0 && _send.Length >= _send.Limit && CongestionRoom > 0) hold = SendHold.SendLimit;
        _tally.Sending.Enter(hold, now);
    }

    private TcpStatistics StatisticsOfReceiver(TimeSpan now) => new()
    {
        Ato = Microseconds(_settings.DelayedAck),
        RcvMss = _tally.LargestSegment,
        LastDataRecv = _bytesReceived > 0 ? Milliseconds(now - _tally.TextArrivedAt) : null,
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

    private StatisticsSection ExportTally(TimeSpan now) => new()
    {
        BytesSent = _bytesSent,
        BytesReceived = _bytesReceived,
        SegmentsSent = _segmentsSent,
        SegmentsReceived = _segmentsReceived,
        Retransmissions = _retransmissions,
        BytesRetransmitted = _tally.BytesRetransmitted,
        DuplicateReports = _tally.DuplicateReports,
        Reorderings = _tally.Reorderings,
        ReorderedSegments = _tally.ReorderedSegments,
        PayloadIdleTicks = (now - _tally.TextArrivedAt).Ticks,
        DeliveredMarked = _tally.DeliveredMarked,
        SendHold = (byte)_tally.Sending.Hold,
        SendingTicks = _tally.Sending.Of(SendHold.Network, now).Ticks,
        PeerLimitedTicks = _tally.Sending.Of(SendHold.PeerWindow, now).Ticks,
        SendLimitedTicks = _tally.Sending.Of(SendHold.SendLimit, now).Ticks,
        OutOfOrderSegments = _tally.OutOfOrderSegments,
        LargestReceived = _tally.LargestSegment,
        DeliveryRateBytes = _tally.RateBytes,
        DeliveryRateTicks = _tally.RateTicks,
        DeliveryRateApplicationLimited = _tally.RateApplicationLimited,
    };

    private void ImportTally(StatisticsSection section, TimeSpan now)
    {
        _bytesSent = section.BytesSent;
        _bytesReceived = section.BytesReceived;
        _segmentsSent = section.SegmentsSent;
        _segmentsReceived = section.SegmentsReceived;
        _retransmissions = section.Retransmissions;
        _tally = new ConnectionTally
        {
            BytesRetransmitted = section.BytesRetransmitted,
            DuplicateReports = section.DuplicateReports,
            Reorderings = section.Reorderings,
            ReorderedSegments = Math.Clamp(section.ReorderedSegments, ConnectionTally.LeastReordering, ConnectionTally.MostReordering),
            OutOfOrderSegments = section.OutOfOrderSegments,
            LargestSegment = section.LargestReceived,
            TextArrivedAt = now - TimeSpan.FromTicks(section.PayloadIdleTicks),
            DeliveredMarked = section.DeliveredMarked,
            RateBytes = section.DeliveryRateBytes,
            RateTicks = section.DeliveryRateTicks,
            RateApplicationLimited = section.DeliveryRateApplicationLimited,
        };
        var hold = Enum.IsDefined((SendHold)section.SendHold) ? (SendHold)section.SendHold : SendHold.None;
        _tally.Sending.Restore(
            hold, new TimeSpan(section.SendingTicks), new TimeSpan(section.PeerLimitedTicks), new TimeSpan(section.SendLimitedTicks), now);
    }
}
