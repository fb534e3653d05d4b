using ActorStack.Actors.Cluster;

namespace ActorStack.Actors.Migration.Handoff;

/// <summary>
/// A message of the protocol that hands a connection to another node. Every message names the connection and the epoch that the
/// target is to have, which is the fencing token: a message of an older epoch changes nothing.
/// </summary>
/// <param name="Connection">The id of the connection.</param>
/// <param name="Epoch">The epoch of the target; the source has an older one.</param>
internal abstract record HandoffMessage(string Connection, long Epoch) : NodeMessage
{
    /// <summary>
    /// Source to target: prepare to take the connection. Answer: <see cref="Prepared"/> or <see cref="Refused"/>.
    /// </summary>
    public sealed record Prepare(string Connection, long Epoch, HandoffOffer Offer) : HandoffMessage(Connection, Epoch);

    /// <summary>
    /// Target to source: the target has claimed the epoch. Segments of the flow that come to it, rather than past it by its
    /// steering, are held and passed on.
    /// </summary>
    public sealed record Prepared(string Connection, long Epoch) : HandoffMessage(Connection, Epoch);

    /// <summary>
    /// Target to source, in answer to <see cref="Prepare"/> or <see cref="Transfer"/>: the target does not have the connection at
    /// this epoch and never will.
    /// </summary>
    public sealed record Refused(string Connection, long Epoch, HandoffRefusal Reason, string Detail)
        : HandoffMessage(Connection, Epoch);

    /// <summary>Source to target: the connection stays; forget the preparation.</summary>
    public sealed record Abandon(string Connection, long Epoch) : HandoffMessage(Connection, Epoch);

    /// <summary>
    /// Source to target: a part of the payload. Most of it travels before the transfer, while the source still serves; the rest
    /// travels between the freeze and the transfer.
    /// </summary>
    /// <param name="Connection">The id of the connection.</param>
    /// <param name="Epoch">The epoch of the target.</param>
    /// <param name="Bytes">An encoded <see cref="Transport.State.PayloadChunk"/>.</param>
    public sealed record Chunk(string Connection, long Epoch, byte[] Bytes) : HandoffMessage(Connection, Epoch);

    /// <summary>
    /// Source to target, after the chunks of one round of payload that travels ahead: tell when all of them have come.
    /// </summary>
    /// <param name="Connection">The id of the connection.</param>
    /// <param name="Epoch">The epoch of the target.</param>
    /// <param name="Round">The number of the round, from 1.</param>
    public sealed record Mark(string Connection, long Epoch, int Round) : HandoffMessage(Connection, Epoch);

    /// <summary>Target to source: everything before the mark has come.</summary>
    public sealed record Marked(string Connection, long Epoch, int Round) : HandoffMessage(Connection, Epoch);

    /// <summary>
    /// Source to target, before the connection freezes: end the steering of the flow, so that its segments are held. Until then
    /// a target that forwarded segments of the flow before still does: they reach the source sooner than messages would bring
    /// them. From the freeze on the source steers them to the target, and none may come back.
    /// </summary>
    /// <param name="Connection">The id of the connection.</param>
    /// <param name="Epoch">The epoch of the target.</param>
    public sealed record Hold(string Connection, long Epoch) : HandoffMessage(Connection, Epoch);

    /// <summary>
    /// Target to source: a segment that the network brought to the target, which holds it. The source processes it too, as long
    /// as it runs the connection. A segment that is lost on this way is like one that the network lost.
    /// </summary>
    /// <param name="Connection">The id of the connection.</param>
    /// <param name="Epoch">The epoch of the target.</param>
    /// <param name="Number">The number among the segments that the target holds, from 1.</param>
    /// <param name="Packet">The IP packet.</param>
    /// <param name="ChecksumVerified">The link of the target vouches for the transport checksum.</param>
    /// <param name="SegmentSize">Payload bytes of each merged segment; 0 where nothing was merged.</param>
    public sealed record Segment(
        string Connection, long Epoch, long Number, byte[] Packet, bool ChecksumVerified, ushort SegmentSize)
        : HandoffMessage(Connection, Epoch);

    /// <summary>
    /// Source to target, before the transfer: the state knows the segments up to a number, so that the target need not process
    /// them again.
    /// </summary>
    /// <param name="Connection">The id of the connection.</param>
    /// <param name="Epoch">The epoch of the target.</param>
    /// <param name="Number">The number of the last <see cref="Segment"/> before the first that the source does not have.</param>
    public sealed record Processed(string Connection, long Epoch, long Number) : HandoffMessage(Connection, Epoch);

    /// <summary>
    /// Source to target: the state. From now on the source emits nothing, until the target refuses or is no member any more.
    /// </summary>
    /// <param name="Connection">The id of the connection.</param>
    /// <param name="Epoch">The epoch of the target.</param>
    /// <param name="Record">The encoded record. The payload that it names travels in chunks.</param>
    /// <param name="Application">The state of the application; null: the application has ended.</param>
    /// <param name="FrozenMicroseconds">Time from the freeze to the sending of this message.</param>
    public sealed record Transfer(string Connection, long Epoch, byte[] Record, byte[]? Application, long FrozenMicroseconds)
        : HandoffMessage(Connection, Epoch);

    /// <summary>Target to source: the target owns the connection and emits.</summary>
    /// <param name="Connection">The id of the connection.</param>
    /// <param name="Epoch">The epoch of the target.</param>
    public sealed record TakenOver(string Connection, long Epoch) : HandoffMessage(Connection, Epoch);

    /// <summary>Source to target: the source has given the connection up for good, and only forwards.</summary>
    public sealed record Released(string Connection, long Epoch) : HandoffMessage(Connection, Epoch);

    /// <summary>
    /// A node tells the node from which it took the connection that the connection has ended, so that nothing needs to be
    /// forwarded any more.
    /// </summary>
    public sealed record Gone(string Connection, long Epoch) : HandoffMessage(Connection, Epoch);
}
