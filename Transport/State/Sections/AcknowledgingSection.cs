namespace ActorStack.Transport.State.Sections;

/// <summary>Acknowledgments: how promptly they are sent, and the SACK and D-SACK blocks that go with them.</summary>
public sealed record AcknowledgingSection
{
    /// <summary>Segments still acknowledged at once (quick ACK after the start and after loss).</summary>
    public int QuickAcks { get; init; }

    /// <summary>
    /// Acknowledgments that repeat the last and are owed to a peer without SACK at the next output (RFC 5681 section 4.2).
    /// </summary>
    public int DuplicateAcksOwed { get; init; }

    /// <summary>Payload that arrived a second time is to be reported by a D-SACK block (RFC 2883).</summary>
    public bool HasDuplicate { get; init; }

    /// <summary>The left edge of the D-SACK block.</summary>
    public uint DuplicateLeft { get; init; }

    /// <summary>The right edge of the D-SACK block, one beyond its last number.</summary>
    public uint DuplicateRight { get; init; }

    /// <summary>
    /// Numbers in the out-of-order runs that changed last, newest first: the order of SACK blocks (RFC 2018 section 4).
    /// </summary>
    public uint[] OutOfOrderRecent { get; init; } = [];
}
