using ActorStack.Transport.Linux;
using ActorStack.Transport.State;

namespace ActorStack.Transport.Engines.Kernel;

/// <summary>The kernel's <c>struct tcp_info</c> as the record that all stacks fill.</summary>
internal static class KernelStatistics
{
    private const ulong NotPaced = ulong.MaxValue;

    public static TcpStatistics From(in TcpInfo info) => Counters(info) with
    {
        State = info.State,
        CaState = info.CongestionState,
        Retransmits = info.Retransmits,
        Probes = info.Probes,
        Backoff = info.Backoff,
        Options = info.Options,
        SndWscale = (byte)(info.WindowScales & 0xF),
        RcvWscale = (byte)(info.WindowScales >> 4),
        Rto = info.Rto,
        Ato = info.AcknowledgmentTimeout,
        SndMss = info.SendMss,
        RcvMss = info.ReceiveMss,
        LastDataSent = info.LastDataSent,
        LastDataRecv = info.LastDataReceived,
        LastAckRecv = info.LastAckReceived,
        Pmtu = info.PathMtu,
        RcvSsthresh = info.ReceiveThreshold,
        Rtt = info.Rtt,
        Rttvar = info.RttVariation,
        SndSsthresh = info.SlowStartThreshold,
        SndCwnd = info.CongestionWindow,
        Advmss = info.AdvertisedMss,
        Reordering = info.Reordering,
        RcvRtt = info.ReceiveRtt,
        RcvSpace = info.ReceiveSpace,
        MinRtt = info.MinimumRtt,
        PacingRate = info.PacingRate == NotPaced ? null : (long)info.PacingRate,
        DeliveryRate = (long)info.DeliveryRate,
        DeliveryRateAppLimited = (info.RateFlags & 1) != 0,
        SndWnd = info.SendWindow,
        RcvWnd = info.ReceiveWindow,
    };

    private static TcpStatistics Counters(in TcpInfo info) => new()
    {
        Unacked = info.UnackedSegments,
        Sacked = info.Sacked,
        Lost = info.Lost,
        Retrans = info.Retransmitted,
        TotalRetrans = info.TotalRetransmissions,
        BytesAcked = (long)info.BytesAcknowledged,
        BytesReceived = (long)info.BytesReceived,
        SegsOut = info.SegmentsOut,
        SegsIn = info.SegmentsIn,
        NotsentBytes = info.NotSentBytes,
        BusyTime = (long)info.BusyTime,
        RwndLimited = (long)info.ReceiveWindowLimited,
        SndbufLimited = (long)info.SendBufferLimited,
        Delivered = info.Delivered,
        DeliveredCe = info.DeliveredMarked,
        BytesSent = (long)info.BytesSent,
        BytesRetrans = (long)info.BytesRetransmitted,
        DsackDups = info.DuplicateReports,
        ReordSeen = info.ReorderingSeen,
        RcvOoopack = info.OutOfOrder,
    };
}
