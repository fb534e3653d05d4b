using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tcp;

/// <summary>
/// Fast retransmit and fast recovery of RFC 6582: which acknowledgment means a loss, and how much more than the congestion window
/// may be sent while it is repaired. Knows sequence numbers, not the connection.
/// </summary>
internal struct NewRenoRecovery
{
    private const int DuplicateThreshold = 3;

    public int Duplicates { get; private set; }

    public bool IsActive { get; private set; }

    /// <summary>
    /// SND.MAX at the last loss; duplicates below it tell of the same one (section 3.2 step 1). At the point itself they count
    /// here, else a loss of the first segment after a recovery would cost a timeout. Forgotten once acknowledged, because sequence
    /// numbers come round.
    /// </summary>
    public SequenceNumber? Point { get; private set; }

    /// <summary>Bytes beyond the congestion window: segments the peer holds have left the network. Negative after partial acknowledgments.</summary>
    public long Inflation { get; private set; }

    /// <summary>A duplicate acknowledgment came. True: retransmit the first segment, and the congestion window was not yet reduced.</summary>
    public bool OnDuplicate(SequenceNumber una, SequenceNumber max, int segment)
    {
        Duplicates++;
        if (IsActive)
        {
            Inflation += segment;
            return false;
        }

        if (Duplicates != DuplicateThreshold || una < Point) return false;
        IsActive = true;
        Point = max;
        Inflation = DuplicateThreshold * segment;
        return true;
    }

    /// <summary>New data was acknowledged. True: partially, so the next hole is to be retransmitted (section 3.2 step 3).</summary>
    public bool OnAdvance(SequenceNumber una, uint acknowledged, int segment)
    {
        Duplicates = 0;
        if (una >= Point) this = default;
        if (!IsActive) return false;
        Inflation -= acknowledged;
        if (acknowledged >= segment) Inflation += segment;
        return true;
    }

    public void OnTimeout(SequenceNumber max) => this = new NewRenoRecovery { Point = max };

    public void Restore(int duplicates, bool active, SequenceNumber? point, long inflation) => this = new NewRenoRecovery
    {
        Duplicates = duplicates,
        IsActive = active,
        Point = point,
        Inflation = inflation,
    };
}
