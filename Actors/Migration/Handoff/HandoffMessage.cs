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
    /// <summary>Source to target: prepare to take the connection. Answer: <see cref="Prepared"/> or <see cref="Refused"/>.</summary>
    public sealed record Prepare(string Connection, long Epoch, HandoffOffer Offer) : HandoffMessage(Connection, Epoch);

    /// <summary>Target to source: the target has claimed the epoch, and holds arriving segments of the flow from now on.</summary>
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
    /// Source to target, before the transfer: payload that travels ahead while the source still serves.
    /// </summary>
    /// <param name="Connection">The id of the connection.</param>
    /// <param name="Epoch">The epoch of the target.</param>
    /// <param name="IsUndelivered">Received payload that the application has not read; false: payload of the send queue.</param>
    /// <param name="Offset">Position of the first byte in the stream of its direction, in bytes from the start of the connection.</param>
    /// <param name="Bytes">The payload.</param>
    public sealed record Chunk(string Connection, long Epoch, bool IsUndelivered, long Offset, byte[] Bytes)
        : HandoffMessage(Connection, Epoch);

    /// <summary>
    /// Source to target: the state. From now on the source emits nothing, until the target refuses or is no member any more.
    /// </summary>
    /// <param name="Connection">The id of the connection.</param>
    /// <param name="Epoch">The epoch of the target.</param>
    /// <param name="Record">The encoded record with the payload that did not travel ahead.</param>
    /// <param name="Application">The state of the application, as it dehydrated itself; its format is the application's.</param>
    /// <param name="FrozenMicroseconds">Time from the freeze to the sending of this message.</param>
    public sealed record Transfer(string Connection, long Epoch, byte[] Record, byte[] Application, long FrozenMicroseconds)
        : HandoffMessage(Connection, Epoch);

    /// <summary>Target to source: the target owns the connection and emits.</summary>
    /// <param name="Connection">The id of the connection.</param>
    /// <param name="Epoch">The epoch of the target.</param>
    /// <param name="BlackoutMicroseconds">Time without an owner, as far as the target knows it.</param>
    public sealed record TakenOver(string Connection, long Epoch, long BlackoutMicroseconds) : HandoffMessage(Connection, Epoch);

    /// <summary>Source to target: the source has given the connection up for good, and only forwards.</summary>
    public sealed record Released(string Connection, long Epoch) : HandoffMessage(Connection, Epoch);
}
