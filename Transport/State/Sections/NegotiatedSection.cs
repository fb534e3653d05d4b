namespace ActorStack.Transport.State.Sections;

/// <summary>The features and sizes that the two SYNs settled for the life of the connection.</summary>
public sealed record NegotiatedSection
{
    /// <summary>The peer's MSS option (RFC 9293 section 3.7.1): payload and options of a segment to it, bytes.</summary>
    public ushort SendMss { get; init; }

    /// <summary>The MSS announced to the peer, bytes.</summary>
    public ushort ReceiveMss { get; init; }

    /// <summary>Both SYNs carried a window scale option (RFC 7323 section 2.2).</summary>
    public bool WindowScaling { get; init; }

    /// <summary>The shift for windows that the peer announces (Snd.Wind.Shift).</summary>
    public byte SndWindScale { get; init; }

    /// <summary>The shift for windows that are announced to the peer (Rcv.Wind.Shift).</summary>
    public byte RcvWindScale { get; init; }

    /// <summary>Both SYNs permitted selective acknowledgments (RFC 2018 section 2).</summary>
    public bool SackPermitted { get; init; }

    /// <summary>Both SYNs carried a timestamps option (RFC 7323 section 3.2).</summary>
    public bool Timestamps { get; init; }

    /// <summary>Explicit Congestion Notification is in use (RFC 3168).</summary>
    public bool Ecn { get; init; }
}
