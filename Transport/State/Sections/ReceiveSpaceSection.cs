namespace ActorStack.Transport.State.Sections;

/// <summary>The receive sequence space (RFC 9293 section 3.3.1). Sequence numbers are raw 32-bit values.</summary>
public sealed record ReceiveSpaceSection
{
    /// <summary>Initial receive sequence number (IRS).</summary>
    public uint Irs { get; init; }

    /// <summary>The next sequence number expected (RCV.NXT).</summary>
    public uint RcvNxt { get; init; }

    /// <summary>Room announced to the peer from RcvWup on, bytes: the right edge RcvWup + RcvWnd never moves back.</summary>
    public uint RcvWnd { get; init; }

    /// <summary>RCV.NXT when the window was last announced.</summary>
    public uint RcvWup { get; init; }

    /// <summary>The last acknowledgment number sent (RFC 7323's Last.ACK.sent).</summary>
    public uint LastAckSent { get; init; }

    /// <summary>The peer's FIN has been taken in order.</summary>
    public bool FinReceived { get; init; }

    /// <summary>A FIN waits beyond a gap at <see cref="PendingFin"/>.</summary>
    public bool HasPendingFin { get; init; }

    /// <summary>Sequence number of the FIN that waits beyond a gap.</summary>
    public uint PendingFin { get; init; }
}
