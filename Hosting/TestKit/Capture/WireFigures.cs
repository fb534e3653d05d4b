namespace ActorStack.TestKit.Capture;

/// <summary>The figures of one direction of a connection.</summary>
public sealed record WireFigures
{
    /// <summary>The packets of the capture. With segmentation offload one packet is several segments.</summary>
    public long Packets { get; internal set; }

    /// <summary>Payload bytes, each counted once.</summary>
    public long Bytes { get; internal set; }

    /// <summary>Packets that repeat a SYN, a FIN or a byte that the capture has already.</summary>
    public long Retransmissions { get; internal set; }

    /// <summary>Payload bytes that the capture has already.</summary>
    public long RetransmittedBytes { get; internal set; }

    /// <summary>Packets that carry only bytes that earlier packets left out: they were late, or were sent again.</summary>
    public long LatePackets { get; internal set; }

    /// <summary>Duplicate ACKs (RFC 5681 section 2).</summary>
    public long DuplicateAcks { get; internal set; }

    /// <summary>D-SACK blocks: the sender of the packet got bytes twice (RFC 2883).</summary>
    public long DuplicateSacks { get; internal set; }

    /// <summary>
    /// Packets whose window ends to the left of an earlier one by less than the scale can express. RFC 7323 section 2.4 allows
    /// it.
    /// </summary>
    public long RoundedWindows { get; internal set; }

    /// <summary>Packets with an acknowledgment whose TSecr is 0, which tells the other side nothing.</summary>
    public long EmptyEchoes { get; internal set; }

    /// <summary>Repeated bytes that could not be compared, because the capture or the history does not have them.</summary>
    public long UncheckedBytes { get; internal set; }
}
