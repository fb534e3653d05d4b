using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>
/// The tail loss probe (RFC 8985 section 7): where acknowledgments stay away, one segment is sent after two round trips, so that what
/// its answer reports is repaired without waiting for the retransmission timer.
/// </summary>
internal struct TailLossProbe
{
    /// <summary>A lone segment's acknowledgment may be delayed that long (WCDelAckT).</summary>
    private static readonly TimeSpan WorstDelayedAck = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan WithoutSample = TimeSpan.FromSeconds(1);

    /// <summary>As in Linux, for timers that come early.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(2);

    /// <summary>SND.NXT when the probe went out; null: none is outstanding.</summary>
    public SequenceNumber? End { get; private set; }

    /// <summary>The probe repeated data, so that its answer may hide a loss.</summary>
    public bool IsRetransmission { get; private set; }

    /// <summary>A probe is due at the next output.</summary>
    public bool IsPending { get; set; }

    /// <summary>Section 7.2: how long to wait for an acknowledgment.</summary>
    public static TimeSpan Timeout(in RttEstimator rtt, bool isLoneSegment)
    {
        if (!rtt.HasSample) return WithoutSample;
        return rtt.Smoothed * 2 + (isLoneSegment ? WorstDelayedAck : Margin);
    }

    public void OnSent(SequenceNumber next, bool isRetransmission)
    {
        End = next;
        IsRetransmission = isRetransmission;
        IsPending = false;
    }

    /// <summary>Section 7.4.2. True: the probe repaired a loss that is otherwise unseen, and the window is to be reduced for it.</summary>
    public bool OnAcknowledged(SequenceNumber acknowledgment, in Delivery delivery)
    {
        if (End is not { } end || acknowledgment < end) return false;
        var repaired = IsRetransmission && !delivery.IsDuplicateOfProbe && acknowledgment > end;
        var isDuplicate = delivery is { Acknowledged: 0, SackedBytes: 0, IsDuplicate: true };
        if (!IsRetransmission || delivery.IsDuplicateOfProbe || repaired || isDuplicate) End = null;
        return repaired;
    }

    public void Forget() => this = default;

    public void Restore(SequenceNumber? end, bool isRetransmission, bool isPending) =>
        (End, IsRetransmission, IsPending) = (end, isRetransmission, isPending);
}
