namespace ActorStack.Actors;

/// <summary>The counters of a stack since its start. Values that are gauges are marked.</summary>
/// <param name="Connections">Gauge: connections alive.</param>
/// <param name="HalfOpen">Gauge: connections in the handshake.</param>
/// <param name="Opened">Connections that were established.</param>
/// <param name="Closed">Of these, connections that have ended.</param>
/// <param name="SegmentsReceived">TCP segments that arrived; a merged one counts once.</param>
/// <param name="SegmentsSent">TCP segments that the software stack sent; one that the link cuts counts once.</param>
/// <param name="BytesReceived">Payload bytes received in order.</param>
/// <param name="BytesSent">Payload bytes that peers acknowledged.</param>
/// <param name="ResetsSent">Segments with RST that were sent.</param>
/// <param name="ByOwner">Gauge: the connections of each owner.</param>
/// <param name="Dropped">Packets dropped, by reason.</param>
/// <param name="Migrations">Migrations, by <c>from -> to: outcome</c>.</param>
/// <param name="TimeWaits">Gauge: flows in TIME-WAIT.</param>
/// <param name="Tcp">Counters of the TCP-MIB by their names there (RFC 4022); <c>CurrEstab</c> is a gauge.</param>
/// <param name="TcpExt">Counters by Linux's names; counters that are 0 are left out.</param>
/// <param name="Limits">The limits of connections (<c>connections</c>, <c>connections-per-source</c>), of those in the
/// handshake (<c>half-open</c>, <c>half-open-per-source</c>), of <c>time-waits</c>, and of the bytes in all buffers
/// (<c>memory</c>).</param>
/// <param name="HostChanges">Changes that another program made to the set-up on the host, by <c>part: outcome</c>.</param>
public sealed record StackStatistics(
    int Connections,
    int HalfOpen,
    long Opened,
    long Closed,
    long SegmentsReceived,
    long SegmentsSent,
    long BytesReceived,
    long BytesSent,
    long ResetsSent,
    IReadOnlyDictionary<string, int> ByOwner,
    IReadOnlyDictionary<string, long> Dropped,
    IReadOnlyDictionary<string, long> Migrations,
    int TimeWaits,
    IReadOnlyDictionary<string, long> Tcp,
    IReadOnlyDictionary<string, long> TcpExt,
    IReadOnlyDictionary<string, LimitUse> Limits,
    IReadOnlyDictionary<string, long> HostChanges)
{
    /// <summary>The number of loops.</summary>
    public int Loops { get; init; }

    /// <summary>
    /// The number of frames that arrived in another loop's queue and were handed over to the loop of their flow.
    /// </summary>
    public long HandedOver { get; init; }

    /// <summary>The problem that keeps the journal from taking writes, with advice; null: the journal takes them.</summary>
    public string? JournalProblem { get; init; }

    /// <summary>Whether the node takes no connections any more, because it stops or drains until its next start.</summary>
    public bool IsLeaving { get; init; }
}
