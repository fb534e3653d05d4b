using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Tcp.Sending;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp.Recovery;

/// <summary>The state of loss recovery (RFC 6675, RFC 6582), and for peers without SACK the duplicate acknowledgments.</summary>
internal struct LossRecovery
{
    /// <summary>Duplicate acknowledgments after which a segment counts as lost (RFC 5681 section 3.2).</summary>
    public const int DuplicateThreshold = 3;

    /// <summary>Which recovery is under way.</summary>
    public RecoveryState State { get; private set; }

    /// <summary>SND.MAX when the recovery began (RFC 6582 section 3.2); null: none is under way.</summary>
    public SequenceNumber? Point { get; private set; }

    /// <summary>Duplicate acknowledgments of a peer without SACK.</summary>
    public int Duplicates { get; private set; }

    /// <summary>
    /// Without SACK, while nothing beyond the last recovery is acknowledged: duplicates then answer what was retransmitted for
    /// nothing, and do not count (RFC 6582 section 3.2 step 2).
    /// </summary>
    public bool IsJustRecovered { get; private set; }

    /// <summary>The flight is being brought down: the congestion window does not grow.</summary>
    public readonly bool IsReducing => State is RecoveryState.Recovery or RecoveryState.Reduced;

    /// <summary>Nothing is believed lost or reordered, so that a tail loss probe may be sent.</summary>
    public readonly bool IsQuiet => State is RecoveryState.Open or RecoveryState.Reduced;

    /// <summary>Everything that was outstanding when the recovery began is acknowledged.</summary>
    public readonly bool HasReachedPoint(SequenceNumber una) => una >= Point;

    /// <summary>Enters a recovery that lasts until <paramref name="point"/> is acknowledged.</summary>
    public void Enter(RecoveryState state, SequenceNumber point) => (State, Point) = (state, point);

    /// <summary>The recovery lasts until <paramref name="point"/> is acknowledged.</summary>
    public void MovePoint(SequenceNumber point) => Point = point;

    /// <summary>The recovery is over.</summary>
    public void Leave(SequenceNumber una, bool hasSack)
    {
        Duplicates = 0;
        IsJustRecovered = !hasSack && State is not RecoveryState.Reduced && una == Point;
        (State, Point) = (RecoveryState.Open, null);
    }

    /// <summary>Outside a recovery: Open where nothing is amiss, else Disorder.</summary>
    public void Settle(bool isClean)
    {
        if (State is not RecoveryState.Reduced) State = isClean && Duplicates == 0 ? RecoveryState.Open : RecoveryState.Disorder;
    }

    /// <summary>Duplicate acknowledgments that came before no longer count.</summary>
    public void ForgetDuplicates() => Duplicates = 0;

    /// <summary>
    /// Without SACK every duplicate acknowledgment stands for a segment that left the network (RFC 6582 section 3.2).
    /// </summary>
    public readonly long DuplicateBytes(int segment) => (long)Duplicates * segment;

    /// <summary>
    /// Counts an acknowledgment of a peer without SACK. A duplicate one stands for a segment beyond the gap. One that moves on
    /// took the first segment of the gap, and everything else that it covers had been counted as duplicates.
    /// </summary>
    /// <param name="delivery">What the acknowledgment delivered; the counted segments are added.</param>
    /// <param name="space">The send space after it.</param>
    /// <param name="segment">Payload of a full segment, bytes.</param>
    public void CountDuplicate(ref Delivery delivery, in SendSpace space, int segment)
    {
        var counted = DuplicateBytes(segment);
        if (delivery.Acknowledged > 0)
        {
            IsJustRecovered = false;
            if (counted == 0) return;
            delivery.Bytes = Math.Max(delivery.Bytes - counted, Math.Min(delivery.Bytes, segment));
            Duplicates = State is RecoveryState.Recovery
                ? (int)Math.Max(0, counted - Math.Max(0, delivery.Acknowledged - segment)) / segment
                : 0;
        }
        else if (delivery.IsDuplicate && !IsJustRecovered && counted + 2 * segment <= space.Outstanding
            && (State is not RecoveryState.Loss || space.Max > Point))
        {
            Duplicates++;
            delivery.Bytes = segment;
        }
    }

    /// <summary>
    /// Without SACK the first segment is lost: at the third duplicate, and in a recovery at every partial acknowledgment.
    /// </summary>
    public readonly bool IsFirstLost(in Delivery delivery) => State is RecoveryState.Recovery
        ? delivery.Acknowledged > 0
        : Duplicates >= DuplicateThreshold && State is not RecoveryState.Loss;

    /// <summary>The section of the record.</summary>
    public readonly RecoverySection Export() => new()
    {
        State = (byte)State,
        HasRecoveryPoint = Point is not null,
        RecoveryPoint = Point?.Value ?? 0,
        IsJustRecovered = IsJustRecovered,
        DupAckCount = Duplicates,
    };

    /// <summary>Continues from the record.</summary>
    public void Restore(RecoverySection section)
    {
        State = (RecoveryState)section.State;
        Point = section.HasRecoveryPoint ? new SequenceNumber(section.RecoveryPoint) : null;
        IsJustRecovered = section.IsJustRecovered;
        Duplicates = section.DupAckCount;
    }
}
