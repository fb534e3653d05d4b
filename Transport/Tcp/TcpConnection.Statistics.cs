using ActorStack.Transport.State;
using ActorStack.Transport.Tcp.Statistics;

namespace ActorStack.Transport.Tcp;

/// <summary>The figures of the connection, under the names and in the units of Linux.</summary>
public sealed partial class TcpConnection
{
    /// <summary>Linux's threshold before the first congestion.</summary>
    private const long NoThreshold = int.MaxValue;

    /// <summary>Runs of the scoreboard that were visited: the work that a hostile peer can cause.</summary>
    internal long ScoreboardVisits => _scoreboard.Visits;

    /// <summary>Query: the figures as <c>TCP_INFO</c> names them.</summary>
    public TcpStatistics Statistics(TimeSpan now) => StatisticsOfReceiver(now) with
    {
        State = KernelNumbers.Of(State),
        CaState = (byte)_recovery.State,
        Retransmits = _retransmission.Count,
        Probes = _liveness.PersistProbes + _liveness.KeepaliveProbes,
        Backoff = _retransmission.Count,
        Options = OptionBits,
        SndWscale = _negotiated.SendShift,
        RcvWscale = _negotiated.ReceiveShift,
        Rto = Microseconds(_rtt.Rto),
        SndMss = SegmentPayload,
        Unacked = Segments(_snd.Outstanding),
        Sacked = _scoreboard.SackedSegments,
        Lost = Segments(_scoreboard.LostBytes),
        Retrans = Segments(_scoreboard.RetransmittedBytes),
        LastDataSent = Milliseconds(now - _liveness.LastSent),
        Pmtu = PathMtu,
        Rtt = Microseconds(_rtt.Smoothed),
        Rttvar = Microseconds(_rtt.Variation),
        SndSsthresh = _congestion.SlowStartThreshold == uint.MaxValue
            ? NoThreshold
            : _congestion.SlowStartThreshold / SegmentPayload,
        SndCwnd = _congestion.Window / SegmentPayload,
        TotalRetrans = _tally.Retransmissions,
        PacingRate = PacingRate,
        BytesAcked = _tally.BytesSent,
        SegsOut = _tally.SegmentsSent,
        NotsentBytes = Math.Max(0, DataEnd - _snd.Max),
        MinRtt = Microseconds(_rtt.Minimum),
        DeliveryRate = _tally.BytesPerSecond,
        DeliveryRateAppLimited = _tally.RateApplicationLimited,
        Delivered = Segments(_rate.Delivered),
        BytesSent = _tally.BytesSent + _snd.Outstanding + _tally.BytesRetransmitted,
        BytesRetrans = _tally.BytesRetransmitted,
        DsackDups = _tally.DuplicateReports,
        ReordSeen = _tally.Reorderings,
        SndWnd = _snd.Window,
        Reordering = _tally.ReorderedSegments,
        BusyTime = Microseconds(_tally.Sending.Busy(now)),
        RwndLimited = Microseconds(_tally.Sending.Of(SendHold.PeerWindow, now)),
        SndbufLimited = Microseconds(_tally.Sending.Of(SendHold.SendLimit, now)),
        DeliveredCe = Segments(_tally.DeliveredMarked),
    };

    /// <summary>TCPI_OPT_TIMESTAMPS, TCPI_OPT_SACK, TCPI_OPT_WSCALE, TCPI_OPT_ECN.</summary>
    private byte OptionBits => (byte)(
        (_negotiated.Timestamps ? 1 : 0) | (_negotiated.Sack ? 2 : 0)
        | (_negotiated.WindowScaling ? 4 : 0) | (_negotiated.Ecn ? 8 : 0));

    /// <summary>Nothing more can be sent now: notes the reason for the time it lasts (Linux's chrono).</summary>
    private void NoteHold(TimeSpan now)
    {
        var unsent = DataEnd - _snd.Max;
        var hold = SendHold.Network;
        if (!IsSynchronized || (_snd.Outstanding == 0 && unsent <= 0)) hold = SendHold.None;
        else if (unsent > 0 && _snd.PeerRoom < Math.Min(Math.Min(unsent, FullSegment), CongestionRoom))
            hold = SendHold.PeerWindow;
        else if (unsent <= 0 && _send.Limit > 0 && _send.Length >= _send.Limit && CongestionRoom > 0) hold = SendHold.SendLimit;
        _tally.Sending.Enter(hold, now);
    }

    private TcpStatistics StatisticsOfReceiver(TimeSpan now) => new()
    {
        Ato = Microseconds(_settings.DelayedAck),
        RcvMss = _tally.LargestSegment,
        LastDataRecv = _tally.BytesReceived > 0 ? Milliseconds(now - _tally.PayloadArrivedAt) : null,
        LastAckRecv = Milliseconds(now - _liveness.LastReceived),
        RcvSsthresh = _receive.Limit,
        Advmss = _negotiated.ReceiveMss,
        RcvRtt = Microseconds(_tuning.RoundTrip),
        RcvSpace = _tuning.Fullest,
        BytesReceived = _tally.BytesReceived,
        SegsIn = _tally.SegmentsReceived,
        RcvOoopack = _tally.OutOfOrderSegments,
        RcvWnd = _rcv.Window,
    };

    private long Segments(long bytes) => (bytes + SegmentPayload - 1) / SegmentPayload;

    private static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    private static long Milliseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMillisecond;
}
