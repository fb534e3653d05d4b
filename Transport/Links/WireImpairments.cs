namespace ActorStack.Transport.Links;

/// <summary>
/// What a path does to the packets of one direction, of an <see cref="InMemoryWire"/> or of the path emulator. Chances are 0 to 1
/// and drawn per packet. A packet passes the queue and the line first; what is lost later has taken its time there.
/// </summary>
public sealed record WireImpairments
{
    /// <summary>No impairments: every packet arrives at once and unchanged.</summary>
    public static WireImpairments None { get; } = new();

    /// <summary>Chance that a packet is lost by itself, outside a burst.</summary>
    public double Loss { get; init; }

    /// <summary>Chance that a burst of losses starts with a packet (Gilbert-Elliott).</summary>
    public double BurstStart { get; init; }

    /// <summary>Mean packets that a burst lasts, at least 1.</summary>
    public double BurstLength { get; init; } = 1;

    /// <summary>Chance that a packet in a burst is lost.</summary>
    public double BurstLoss { get; init; } = 1;

    /// <summary>The time that each packet is on the wire.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>The most time that is added to <see cref="Delay"/> by chance; each packet draws from 0 to this.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Packets overtake each other by <see cref="Jitter"/>; otherwise it alone never changes the order.</summary>
    public bool JitterReorders { get; init; }

    /// <summary>Chance that a packet is held back by <see cref="ReorderDelay"/>, while those behind it pass.</summary>
    public double Reordering { get; init; }

    /// <summary>Time for which a packet is held back where <see cref="Reordering"/> chooses it.</summary>
    public TimeSpan ReorderDelay { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Chance that a packet arrives twice.</summary>
    public double Duplication { get; init; }

    /// <summary>Chance that one bit of a packet is flipped.</summary>
    public double Corruption { get; init; }

    /// <summary>Speed of the line, bits of IP packets per second; 0: without limit.</summary>
    public long BitsPerSecond { get; init; }

    /// <summary>
    /// Bytes that may wait for the line; a packet beyond is dropped. Holds only with <see cref="BitsPerSecond"/>.
    /// </summary>
    public int QueueBytes { get; init; } = 256 * 1024;

    /// <summary>Packets that may wait for the line or be on it; a packet beyond is dropped.</summary>
    public int QueuePackets { get; init; } = int.MaxValue;

    /// <summary>
    /// Bytes that wait for the line from which on packets of ECN-capable transports are marked (RFC 3168 section 5); 0: never.
    /// </summary>
    public int MarkingBytes { get; init; }
}
