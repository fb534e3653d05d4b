using System.Text.Json.Serialization;

namespace ActorStack.Transport.State;

/// <summary>
/// The figures of one connection under the names and in the units of Linux's <c>struct tcp_info</c> (linux/tcp.h), whatever stack
/// runs it. Counts in segments are bytes by <see cref="SndMss"/> where the stack counts bytes. Null: this stack does not know.
/// </summary>
public sealed record TcpStatistics
{
    /// <summary>The state, in the kernel's numbers: 1 ESTABLISHED, 2 SYN-SENT and so on.</summary>
    [JsonPropertyName("tcpi_state")]
    public byte State { get; init; }

    /// <summary>Loss recovery: 0 Open, 1 Disorder, 2 CWR, 3 Recovery, 4 Loss.</summary>
    [JsonPropertyName("tcpi_ca_state")]
    public byte CaState { get; init; }

    /// <summary>Consecutive retransmission timeouts of the same data.</summary>
    [JsonPropertyName("tcpi_retransmits")]
    public int Retransmits { get; init; }

    /// <summary>Window or keepalive probes that the peer has not answered.</summary>
    [JsonPropertyName("tcpi_probes")]
    public int Probes { get; init; }

    /// <summary>How often the retransmission timeout was doubled.</summary>
    [JsonPropertyName("tcpi_backoff")]
    public int Backoff { get; init; }

    /// <summary>The options that the SYNs settled, as a sum: 1 timestamps, 2 SACK, 4 window scale, 8 ECN.</summary>
    [JsonPropertyName("tcpi_options")]
    public byte Options { get; init; }

    /// <summary>The shift for windows that the peer announces (RFC 7323).</summary>
    [JsonPropertyName("tcpi_snd_wscale")]
    public byte SndWscale { get; init; }

    /// <summary>The shift for windows that are announced to the peer (RFC 7323).</summary>
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

    /// <summary>Unacknowledged segments that the peer reported by SACK.</summary>
    [JsonPropertyName("tcpi_sacked")]
    public long Sacked { get; init; }

    /// <summary>Unacknowledged segments that are thought lost.</summary>
    [JsonPropertyName("tcpi_lost")]
    public long Lost { get; init; }

    /// <summary>Unacknowledged segments whose retransmission is in the network.</summary>
    [JsonPropertyName("tcpi_retrans")]
    public long Retrans { get; init; }

    /// <summary>Milliseconds since payload was last sent.</summary>
    [JsonPropertyName("tcpi_last_data_sent")]
    public long LastDataSent { get; init; }

    /// <summary>Milliseconds since payload last arrived.</summary>
    [JsonPropertyName("tcpi_last_data_recv")]
    public long? LastDataRecv { get; init; }

    /// <summary>Milliseconds since an acknowledgment last arrived.</summary>
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

    /// <summary>The variation of the round trip, microseconds.</summary>
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

    /// <summary>Segments that were retransmitted.</summary>
    [JsonPropertyName("tcpi_total_retrans")]
    public long TotalRetrans { get; init; }

    /// <summary>The pacing rate, bytes a second; null: output is not paced.</summary>
    [JsonPropertyName("tcpi_pacing_rate")]
    public long? PacingRate { get; init; }

    /// <summary>Payload that the peer acknowledged, bytes.</summary>
    [JsonPropertyName("tcpi_bytes_acked")]
    public long BytesAcked { get; init; }

    /// <summary>Payload received in order, bytes.</summary>
    [JsonPropertyName("tcpi_bytes_received")]
    public long BytesReceived { get; init; }

    /// <summary>Segments sent.</summary>
    [JsonPropertyName("tcpi_segs_out")]
    public long SegsOut { get; init; }

    /// <summary>Segments received.</summary>
    [JsonPropertyName("tcpi_segs_in")]
    public long SegsIn { get; init; }

    /// <summary>Payload that the application wrote and that was never sent, bytes.</summary>
    [JsonPropertyName("tcpi_notsent_bytes")]
    public long NotsentBytes { get; init; }

    /// <summary>Smallest round trip, microseconds.</summary>
    [JsonPropertyName("tcpi_min_rtt")]
    public long MinRtt { get; init; }

    /// <summary>The last rate at which data arrived at the peer, bytes a second.</summary>
    [JsonPropertyName("tcpi_delivery_rate")]
    public long DeliveryRate { get; init; }

    /// <summary>The application limited the delivery rate: the path may carry more.</summary>
    [JsonPropertyName("tcpi_delivery_rate_app_limited")]
    public bool DeliveryRateAppLimited { get; init; }

    /// <summary>Time in which there was data to send or to be acknowledged, microseconds.</summary>
    [JsonPropertyName("tcpi_busy_time")]
    public long? BusyTime { get; init; }

    /// <summary>The part of the busy time in which the peer's window held the sender up, microseconds.</summary>
    [JsonPropertyName("tcpi_rwnd_limited")]
    public long? RwndLimited { get; init; }

    /// <summary>The part of the busy time in which the application's send limit held the sender up, microseconds.</summary>
    [JsonPropertyName("tcpi_sndbuf_limited")]
    public long? SndbufLimited { get; init; }

    /// <summary>Segments known to have arrived.</summary>
    [JsonPropertyName("tcpi_delivered")]
    public long Delivered { get; init; }

    /// <summary>Delivered segments that the peer reported as marked with CE (RFC 3168).</summary>
    [JsonPropertyName("tcpi_delivered_ce")]
    public long? DeliveredCe { get; init; }

    /// <summary>Payload that was sent, retransmissions included, bytes.</summary>
    [JsonPropertyName("tcpi_bytes_sent")]
    public long BytesSent { get; init; }

    /// <summary>Payload that was retransmitted, bytes.</summary>
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
