namespace ActorStack.Transport.State.Sections;

/// <summary>The segments that are due at the next output.</summary>
public sealed record PendingOutputSection
{
    /// <summary>A SYN or SYN,ACK is due at the next output.</summary>
    public bool SynPending { get; init; }

    /// <summary>An acknowledgment is owed at the next output.</summary>
    public bool AckPending { get; init; }

    /// <summary>The first unacknowledged segment is to be resent at the next output.</summary>
    public bool RetransmitPending { get; init; }

    /// <summary>A window or keepalive probe is due at the next output.</summary>
    public bool ProbePending { get; init; }

    /// <summary>A RST with the sequence number <see cref="ResetOwed"/> is due at the next output.</summary>
    public bool HasResetOwed { get; init; }

    /// <summary>Sequence number of the RST that is due.</summary>
    public uint ResetOwed { get; init; }

    /// <summary>The cork has held payload back for its whole time: the payload may leave now.</summary>
    public bool CorkExpired { get; init; }
}
