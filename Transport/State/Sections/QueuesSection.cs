namespace ActorStack.Transport.State.Sections;

/// <summary>
/// The ranges of payload that travel beside the record (<see cref="ConnectionPayload"/>): sequence numbers and lengths, no bytes.
/// The send range begins with the first byte that the peer has not acknowledged; the undelivered one ends before RCV.NXT.
/// </summary>
public sealed record QueuesSection
{
    /// <summary>
    /// Bytes of the send range: first those that were sent and are unacknowledged, then those that were never sent.
    /// </summary>
    public int SendLength { get; init; }

    /// <summary>Bytes that were received in order and that the exporting stack has not handed to the application.</summary>
    public int UndeliveredLength { get; init; }

    /// <summary>First sequence number of each out-of-order run, ascending; runs do not touch.</summary>
    public uint[] OutOfOrderSequences { get; init; } = [];

    /// <summary>Bytes of each out-of-order run.</summary>
    public uint[] OutOfOrderLengths { get; init; } = [];
}
