namespace ActorStack.Transport.State.Sections;

/// <summary>The state of loss recovery (RFC 6675, RFC 6582).</summary>
public sealed record RecoverySection
{
    /// <summary>The state as a number: 0 Open, 1 Disorder, 2 Reduced, 3 Recovery, 4 Loss.</summary>
    public byte State { get; init; }

    /// <summary>A recovery is under way.</summary>
    public bool HasRecoveryPoint { get; init; }

    /// <summary>SND.NXT when the recovery began (RFC 6582 section 3.2).</summary>
    public uint RecoveryPoint { get; init; }

    /// <summary>
    /// The peer does not use SACK, and has acknowledged nothing beyond the last recovery: its duplicate acknowledgments answer
    /// retransmissions (RFC 6582 section 3.2 step 2).
    /// </summary>
    public bool IsJustRecovered { get; init; }

    /// <summary>Duplicate acknowledgments of a peer without SACK.</summary>
    public int DupAckCount { get; init; }
}
