namespace ActorStack.Transport.Links;

/// <summary>What an <see cref="InMemoryWire"/> does to the packets of one direction. Chances are 0 to 1 and drawn per packet.</summary>
public sealed record WireImpairments
{
    /// <summary>Nothing is lost, nothing is late.</summary>
    public static WireImpairments None { get; } = new();

    /// <summary>Chance that a packet is lost, and a burst of losses starts with it where <see cref="LossBurst"/> is above 1.</summary>
    public double Loss { get; init; }

    /// <summary>Mean number of packets lost in one burst, at least 1.</summary>
    public double LossBurst { get; init; } = 1;

    /// <summary>Time on the wire.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>More time on the wire, 0 to this; it alone never changes the order.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Chance that a packet is held back by <see cref="ReorderDelay"/>, while those behind it pass.</summary>
    public double Reordering { get; init; }

    public TimeSpan ReorderDelay { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Chance that a packet arrives twice.</summary>
    public double Duplication { get; init; }

    /// <summary>Chance that one bit of a packet is flipped.</summary>
    public double Corruption { get; init; }

    /// <summary>Speed of the line, bytes of IP packets per second; 0: without limit.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>Bytes that may wait for the line; a packet beyond is dropped. Only with <see cref="BytesPerSecond"/>.</summary>
    public int QueueBytes { get; init; } = 256 * 1024;
}
