namespace ActorStack.Transport.State.Sections;

/// <summary>The send sequence space (RFC 9293 section 3.3.1). Sequence numbers are raw 32-bit values.</summary>
public sealed record SendSpaceSection
{
    /// <summary>Initial send sequence number (ISS).</summary>
    public uint Iss { get; init; }

    /// <summary>The oldest unacknowledged sequence number (SND.UNA).</summary>
    public uint SndUna { get; init; }

    /// <summary>The next sequence number to send (SND.NXT).</summary>
    public uint SndNxt { get; init; }

    /// <summary>The highest sequence number ever sent, plus one; above SndNxt where a stack went back after a timeout.</summary>
    public uint SndMax { get; init; }

    /// <summary>The send window (SND.WND): bytes from SND.UNA on that the peer permits, scaled up.</summary>
    public uint SndWnd { get; init; }

    /// <summary>The largest window that the peer ever announced, bytes.</summary>
    public uint MaxSndWnd { get; init; }

    /// <summary>Sequence number of the segment that last updated the send window (SND.WL1).</summary>
    public uint SndWl1 { get; init; }

    /// <summary>Acknowledgment number of the segment that last updated the send window (SND.WL2).</summary>
    public uint SndWl2 { get; init; }

    /// <summary>The application closed: a FIN follows the last byte.</summary>
    public bool FinQueued { get; init; }

    /// <summary>The FIN was sent; it is then the last number below SndMax.</summary>
    public bool FinSent { get; init; }

    /// <summary>
    /// Bytes from SndUna to the end of the last segment that was not full (RFC 9293 appendix A.3); 0: it is acknowledged.
    /// </summary>
    public uint SmallOutstanding { get; init; }
}
