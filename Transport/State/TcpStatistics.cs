using System.Text.Json.Serialization;

namespace ActorStack.Transport.State;

/// <summary>
/// The figures of one connection under the names and in the units of Linux's <c>struct tcp_info</c> (linux/tcp.h), whatever stack runs
/// it. Counts in segments are bytes by <see cref="SndMss"/> where the stack counts bytes. Null: this stack does not know.
/// </summary>
public sealed record TcpStatistics
{
    /// <summary>The state, in the kernel's numbers: 1 ESTABLISHED, 2 SYN-SENT and so on.</summary>
    [JsonPropertyName("tcpi_state")]
    public byte State { get; init; }

    /// <summary>Loss recovery: 0 Open, 1 Disorder, 2 CWR, 3 Recovery, 4 Loss.</summary>
    [JsonPropertyName("tcpi_ca_state")]
    public byte CaState { get; init; }

    /// <summary>Consecutive timeouts of the same data.</summary>
    [JsonPropertyName("tcpi_retransmits")]
    public int Retransmits { get; init; }

    /// <summary>Unanswered window or keepalive probes.</summary>
    [JsonPropertyName("tcpi_probes")]
    public int Probes { get; init; }

    /// <summary>How often the timeout was doubled.</summary>
    [JsonPropertyName("tcpi_backoff")]
    public int Backoff { get; init; }

    /// <summary>What the SYNs settled: 1 timestamps, 2 SACK, 4 window scale, 8 ECN.</summary>
    [JsonPropertyName("tcpi_options")]
    public byte Options { get; init; }

    /// <summary>Shift applied to windows the peer announces.</summary>
    [JsonPropertyName("tcpi_snd_wscale")]
    public byte SndWscale { get; init; }

    /// <summary>Shift applied to windows announced to the peer.</summary>
    [JsonPropertyName("tcpi_rcv_wscale")]
    public byte RcvWscale { get; init; }

    /// <summary>Retransmission timeout, microseconds.</summary>
    [JsonPropertyName("tcpi_rto")]
    public long Rto { get; init; }

    /// <summary>Delay of an acknowledgment, microseconds.</summary>
    [JsonPropertyName("tcpi_ato")]
    public long Ato { get; init; }

    /// <summary>Payload of a full segment to the peer, bytes.</summary>
    [JsonPropertyName("tcpi_snd_mss")]
    public long SndMss { get; init; }

    /// <summary>Payload of the largest segment from the peer, bytes.</summary>
    [JsonPropertyName("tcpi_rcv_mss")]
    public long RcvMss { get; init; }

    /// <summary>Segments sent and not acknowledged.</summary>
    [JsonPropertyName("tcpi_unacked")]
    public long Unacked { get; init; }

    /// <summary>Of these, those the peer reported by SACK.</summary>
    [JsonPropertyName("tcpi_sacked")]
    public long Sacked { get; init; }

    /// <summary>Of these, those thought lost.</summary>
    [JsonPropertyName("tcpi_lost")]
    public long Lost { get; init; }

    /// <summary>Of these, those resent and under way again.</summary>
    [JsonPropertyName("tcpi_retrans")]
    public long Retrans { get; init; }

    /// <summary>Since data was last sent, milliseconds.</summary>
    [JsonPropertyName("tcpi_last_data_sent")]
    public long LastDataSent { get; init; }

    /// <summary>Since data last arrived, milliseconds.</summary>
    [JsonPropertyName("tcpi_last_data_recv")]
    public long? LastDataRecv { get; init; }

    /// <summary>Since an acknowledgment last arrived, milliseconds.</summary>
    [JsonPropertyName("tcpi_last_ack_recv")]
    public long LastAckRecv { get; init; }

    /// <summary>Path MTU, bytes with IP header.</summary>
    [JsonPropertyName("tcpi_pmtu")]
    public long Pmtu { get; init; }

    /// <summary>The largest receive window now, bytes.</summary>
    [JsonPropertyName("tcpi_rcv_ssthresh")]
    public long RcvSsthresh { get; init; }

    /// <summary>Smoothed round trip, microseconds.</summary>
    [JsonPropertyName("tcpi_rtt")]
    public long Rtt { get; init; }

    /// <summary>Its variation, microseconds.</summary>
    [JsonPropertyName("tcpi_rttvar")]
    public long Rttvar { get; init; }

    /// <summary>Slow start threshold, segments; 2147483647: none yet.</summary>
    [JsonPropertyName("tcpi_snd_ssthresh")]
    public long SndSsthresh { get; init; }

    /// <summary>Congestion window, segments.</summary>
    [JsonPropertyName("tcpi_snd_cwnd")]
    public long SndCwnd { get; init; }

    /// <summary>MSS announced to the peer, bytes.</summary>
    [JsonPropertyName("tcpi_advmss")]
    public long Advmss { get; init; }

    /// <summary>The most segments that overtook one, at least 3. The software stack does not go by it (RFC 8985).</summary>
    [JsonPropertyName("tcpi_reordering")]
    public long? Reordering { get; init; }

    /// <summary>Round trip as the receiver sees it, microseconds.</summary>
    [JsonPropertyName("tcpi_rcv_rtt")]
    public long RcvRtt { get; init; }

    /// <summary>Bytes read in the fullest round trip.</summary>
    [JsonPropertyName("tcpi_rcv_space")]
    public long RcvSpace { get; init; }

    /// <summary>Segments resent.</summary>
    [JsonPropertyName("tcpi_total_retrans")]
    public long TotalRetrans { get; init; }

    /// <summary>Bytes a second; absent: not paced.</summary>
    [JsonPropertyName("tcpi_pacing_rate")]
    public long? PacingRate { get; init; }

    /// <summary>Payload acknowledged by the peer.</summary>
    [JsonPropertyName("tcpi_bytes_acked")]
    public long BytesAcked { get; init; }

    /// <summary>Payload received in order.</summary>
    [JsonPropertyName("tcpi_bytes_received")]
    public long BytesReceived { get; init; }

    /// <summary>Segments sent.</summary>
    [JsonPropertyName("tcpi_segs_out")]
    public long SegsOut { get; init; }

    /// <summary>Segments received.</summary>
    [JsonPropertyName("tcpi_segs_in")]
    public long SegsIn { get; init; }

    /// <summary>Written and not sent yet.</summary>
    [JsonPropertyName("tcpi_notsent_bytes")]
    public long NotsentBytes { get; init; }

    /// <summary>Smallest round trip, microseconds.</summary>
    [JsonPropertyName("tcpi_min_rtt")]
    public long MinRtt { get; init; }

    /// <summary>The last rate at which data arrived at the peer, bytes a second.</summary>
    [JsonPropertyName("tcpi_delivery_rate")]
    public long DeliveryRate { get; init; }

    /// <summary>That rate shows what the application wrote, not what the path carries.</summary>
    [JsonPropertyName("tcpi_delivery_rate_app_limited")]
    public bool DeliveryRateAppLimited { get; init; }

    /// <summary>Time with data to send or unacknowledged, microseconds.</summary>
    [JsonPropertyName("tcpi_busy_time")]
    public long? BusyTime { get; init; }

    /// <summary>Of that, held up by the peer's window.</summary>
    [JsonPropertyName("tcpi_rwnd_limited")]
    public long? RwndLimited { get; init; }

    /// <summary>Of that, held up by the application's send limit.</summary>
    [JsonPropertyName("tcpi_sndbuf_limited")]
    public long? SndbufLimited { get; init; }

    /// <summary>Segments known to have arrived.</summary>
    [JsonPropertyName("tcpi_delivered")]
    public long Delivered { get; init; }

    /// <summary>Of these, those the peer reported as marked.</summary>
    [JsonPropertyName("tcpi_delivered_ce")]
    public long? DeliveredCe { get; init; }

    /// <summary>Payload sent, what was resent included.</summary>
    [JsonPropertyName("tcpi_bytes_sent")]
    public long BytesSent { get; init; }

    /// <summary>Payload resent.</summary>
    [JsonPropertyName("tcpi_bytes_retrans")]
    public long BytesRetrans { get; init; }

    /// <summary>Reports of the peer that something arrived twice (RFC 2883).</summary>
    [JsonPropertyName("tcpi_dsack_dups")]
    public long DsackDups { get; init; }

    /// <summary>Times that reordering was seen.</summary>
    [JsonPropertyName("tcpi_reord_seen")]
    public long ReordSeen { get; init; }

    /// <summary>Segments that arrived out of order.</summary>
    [JsonPropertyName("tcpi_rcv_ooopack")]
    public long RcvOoopack { get; init; }

    /// <summary>The peer's window, bytes.</summary>
    [JsonPropertyName("tcpi_snd_wnd")]
    public long SndWnd { get; init; }

    /// <summary>The window announced to the peer, bytes.</summary>
    [JsonPropertyName("tcpi_rcv_wnd")]
    public long RcvWnd { get; init; }
}
