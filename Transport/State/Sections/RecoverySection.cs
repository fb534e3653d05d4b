namespace ActorStack.Transport.State.Sections;

/// <summary>The state of loss recovery (RFC 6675, RFC 6582).</summary>
public sealed record RecoverySection
{
    /// <summary>Open, Disorder, Reduced, Recovery, Loss: 0 to 4.</summary>
    public byte State { get; init; }

    /// <summary>A recovery is under way.</summary>
    public bool HasRecoveryPoint { get; init; }

    /// <summary>SND.NXT when the recovery began (RFC 6582 section 3.2).</summary>
    public uint RecoveryPoint { get; init; }

    /// <summary>
    /// Of a peer without SACK: nothing beyond the last recovery is acknowledged, and duplicates are answers to what was resent
    /// (RFC 6582 section 3.2 step 2).
    /// </summary>
    public bool IsJustRecovered { get; init; }

    /// <summary>Duplicate acknowledgments of a peer without SACK.</summary>
    public int DupAckCount { get; init; }
}
