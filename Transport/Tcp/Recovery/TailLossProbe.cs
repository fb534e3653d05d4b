using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp.Timers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>
/// The tail loss probe (RFC 8985 section 7): where acknowledgments stay away, one segment is sent after two round trips. Recovery
/// repairs what its answer reports, before the retransmission timer expires.
/// </summary>
internal struct TailLossProbe
{
    /// <summary>A lone segment's acknowledgment may be delayed that long (WCDelAckT).</summary>
    private static readonly TimeSpan WorstDelayedAck = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan WithoutSample = TimeSpan.FromSeconds(1);

    /// <summary>As in Linux, for timers that come early.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(2);

    /// <summary>A segment, and the FIN that is sent with it.</summary>
    private const uint MostRepeated = ushort.MaxValue + 1;

    /// <summary>SND.NXT when the probe went out; null: none is outstanding.</summary>
    public SequenceNumber? End { get; private set; }

    /// <summary>Bytes of the last segment that the probe sent again; 0: it took new data.</summary>
    public uint RepeatedBytes { get; private set; }

    /// <summary>The probe repeated data, so that its answer may hide a loss.</summary>
    public readonly bool IsRetransmission => RepeatedBytes > 0;

    /// <summary>A probe is due at the next output.</summary>
    public bool IsPending { get; set; }

    /// <summary>
    /// Section 7.2: how long to wait for an acknowledgment. That of a lone segment may be delayed: from when it was sent, not
    /// from the acknowledgment of what was before it, which may have been delayed itself.
    /// </summary>
    /// <param name="rtt">The measured round trips.</param>
    /// <param name="loneSentAt">When the only segment in flight was sent; null: there are several.</param>
    /// <param name="now">The connection's time.</param>
    public static TimeSpan Deadline(in RttEstimator rtt, TimeSpan? loneSentAt, TimeSpan now)
    {
        if (!rtt.HasSample) return now + WithoutSample;
        var soonest = now + Margin;
        var due = (loneSentAt + WorstDelayedAck ?? soonest) + rtt.Smoothed * 2;
        return due > soonest ? due : soonest;
    }

    public void OnSent(SequenceNumber next, uint repeatedBytes)
    {
        End = next;
        RepeatedBytes = repeatedBytes;
        IsPending = false;
    }

    /// <summary>
    /// Section 7.4.2. True: the probe repaired a loss that is otherwise unseen, and the window is to be reduced for it.
    /// </summary>
    public bool OnAcknowledged(SequenceNumber acknowledgment, in Delivery delivery)
    {
        if (End is not { } end || acknowledgment < end) return false;
        var repaired = IsRetransmission && !delivery.IsDuplicateOfProbe && acknowledgment > end;
        var isDuplicate = delivery is { Acknowledged: 0, SackedBytes: 0, IsDuplicate: true };
        if (!IsRetransmission || delivery.IsDuplicateOfProbe || repaired || isDuplicate) (End, RepeatedBytes) = (null, 0);
        return repaired;
    }

    public void Forget() => this = default;

    /// <summary>The section of the record.</summary>
    public readonly TailLossProbeSection Export() => new()
    {
        HasEnd = End is not null,
        End = End?.Value ?? 0,
        RepeatedBytes = RepeatedBytes,
        IsPending = IsPending,
    };

    /// <summary>Continues from the record.</summary>
    public void Restore(TailLossProbeSection section)
    {
        End = section.HasEnd ? new SequenceNumber(section.End) : null;
        RepeatedBytes = Math.Min(section.RepeatedBytes, MostRepeated);
        IsPending = section.IsPending;
    }
}
