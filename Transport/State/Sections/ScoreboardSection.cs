namespace ActorStack.Transport.State.Sections;

/// <summary>
/// The scoreboard of what is outstanding (RFC 6675), one entry a run of segments, ascending and without gaps from SND.UNA to
/// <see cref="SendSpaceSection.SndMax"/>. Empty columns: nothing is known of what was sent. Moments are readings of the
/// connection's timestamp clock (<see cref="TimestampsSection.ClockTicks"/>), so that they stay right however long a move takes.
/// </summary>
public sealed record ScoreboardSection
{
    /// <summary>First sequence number of each run; the run ends where the next begins.</summary>
    public uint[] RunSequences { get; init; } = [];

    /// <summary>The marks of each run, as a sum: 1 SACKed, 2 lost, 4 retransmission in flight, 8 ever retransmitted.</summary>
    public byte[] RunFlags { get; init; } = [];

    /// <summary>When each run was last sent.</summary>
    public long[] RunSentTicks { get; init; } = [];

    /// <summary>The number of the last transmission of each run.</summary>
    public long[] RunOrders { get; init; } = [];

    /// <summary>Payload of a segment on the wire, bytes.</summary>
    public uint[] RunSegmentSizes { get; init; } = [];

    /// <summary>Segments on the wire in each run.</summary>
    public uint[] RunSegments { get; init; } = [];

    /// <summary>
    /// When the first segment of the flight of each run was sent (draft-ietf-ccwg-bbr section 4.1.2.2), as the columns below.
    /// </summary>
    public long[] RunFirstSentTicks { get; init; } = [];

    /// <summary>When the delivery counter was last raised before the run was sent.</summary>
    public long[] RunDeliveredTicks { get; init; } = [];

    /// <summary>The delivery counter when the run was sent, bytes.</summary>
    public long[] RunDelivered { get; init; } = [];

    /// <summary>The loss counter when the run was sent, bytes.</summary>
    public long[] RunLost { get; init; } = [];

    /// <summary>Bytes in flight when the run was sent.</summary>
    public uint[] RunFlights { get; init; } = [];

    /// <summary>1 where the application had left the pipe unfilled when the run was sent.</summary>
    public byte[] RunApplicationLimited { get; init; } = [];

    /// <summary>The peer is known to have received something.</summary>
    public bool HasHighestDelivered { get; init; }

    /// <summary>The number after the highest one the peer is known to have (RACK.fack).</summary>
    public uint HighestDelivered { get; init; }

    /// <summary>Bytes ever marked lost.</summary>
    public long TotalLost { get; init; }

    /// <summary>Transmissions so far.</summary>
    public long Transmissions { get; init; }
}
