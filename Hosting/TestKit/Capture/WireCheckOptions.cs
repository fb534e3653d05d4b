namespace ActorStack.TestKit.Capture;

/// <summary>What the capture itself does not tell, and how strict the check is.</summary>
public sealed record WireCheckOptions
{
    /// <summary>
    /// The server's port, for connections whose SYN is not in the capture; null: the side with the lower port is the server.
    /// </summary>
    public int? ServerPort { get; init; }

    /// <summary>The server's window scale where its SYN is not in the capture; null: its window is not checked.</summary>
    public int? ServerWindowScale { get; init; }

    /// <summary>The client's window scale where its SYN is not in the capture; null: its window is not checked.</summary>
    public int? ClientWindowScale { get; init; }

    /// <summary>
    /// The path loses and reorders packets: a gap is a violation only where nothing fills it, and a segment that is older than
    /// what arrived before is not judged by its acknowledgment, window and timestamps.
    /// </summary>
    public bool IsPathLossy { get; init; }

    /// <summary>The last bytes of each direction that are kept to compare repeated bytes with; rounded up to a power of two.
    /// </summary>
    public int History { get; init; } = 8 << 20;

    /// <summary>The violations of a connection that are kept with their text; the others are only counted.</summary>
    public int MaximumViolations { get; init; } = 100;
}
