using ActorStack.Transport.Wire;

namespace ActorStack.TestKit.Capture;

/// <summary>
/// One side of a connection as the capture shows it. Positions are counted from the side's SYN, which is 0; the first byte of
/// payload is 1.
/// </summary>
/// <param name="name">"server" or "client".</param>
/// <param name="history">The bytes that are kept at most.</param>
internal sealed class WireSide(string name, int history)
{
    private SequenceNumber _base;

    public string Name => name;

    public WireFigures Figures { get; } = new();

    /// <summary>A segment of this side was seen, so that its sequence numbers have positions.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>The side's SYN is in the capture.</summary>
    public bool HasSyn { get; private set; }

    public SentStream Stream { get; } = new(history);

    /// <summary>The position of the FIN; null: none was seen.</summary>
    public long? Fin { get; set; }

    /// <summary>The position after all that the side has sent, SYN and FIN counted.</summary>
    public long SentEnd => Fin is { } fin ? Math.Max(Stream.End, fin + 1) : Stream.End;

    /// <summary>The position up to which a segment without payload showed that more was sent.</summary>
    public long Announced { get; set; }

    /// <summary>The highest acknowledgment, a position of the other side; null: none was seen.</summary>
    public long? Acknowledged { get; set; }

    /// <summary>The right edge of the window, a position of the other side; null: unknown.</summary>
    public long? RightEdge { get; set; }

    /// <summary>The window field of the last segment.</summary>
    public int LastWindow { get; set; } = -1;

    /// <summary>The scale that the SYN announced; null: the SYN has no such option.</summary>
    public int? AnnouncedScale { get; private set; }

    /// <summary>The first segment had timestamps.</summary>
    public bool HasTimestamps { get; private set; }

    /// <summary>The highest TSval; null: none was seen.</summary>
    public uint? Timestamp { get; set; }

    public void Begin(in TcpSegment segment)
    {
        IsKnown = true;
        HasSyn = segment.Has(TcpFlags.Syn);
        _base = HasSyn ? segment.Sequence : segment.Sequence - 1;
        HasTimestamps = segment.Options.HasTimestamps;
        if (HasSyn && segment.Options.HasWindowScale) AnnouncedScale = Math.Min((int)segment.Options.WindowScale, 14);
    }

    /// <summary>The side began with this sequence number.</summary>
    public bool BeganWith(SequenceNumber sequence) => IsKnown && HasSyn && _base == sequence;

    public long Position(SequenceNumber sequence) => SentEnd + (sequence - Sequence(SentEnd));

    /// <summary>The sequence number at a position, for people.</summary>
    public string Place(long position) => $"{Sequence(position)} (relative {position})";

    private SequenceNumber Sequence(long position) => _base + unchecked((uint)position);
}
