using ActorStack.Actors.Serialization;
using ActorStack.Transport.State;

namespace ActorStack.Actors.Migration.Handoff;

/// <summary>
/// The target's part of one handoff: puts the payload that travels in chunks together with the state, and passes segments that
/// come here on to the source, which still runs the connection.
/// </summary>
internal sealed class IncomingHandoff(string connection, ArrivalOrder order)
{
    private readonly PayloadAssembly _payload = new(connection, order.Epoch);

    private long _passed;
    private long _processed;

    public ArrivalOrder Order => order;

    /// <summary>Takes a chunk.</summary>
    /// <exception cref="FormatException">The chunk is damaged or of another handoff, or there is too much payload.</exception>
    public void Add(HandoffMessage.Chunk chunk) => _payload.Add(chunk.Bytes);

    /// <summary>All that was sent before the mark has come, because messages keep their order.</summary>
    public HandoffMessage.Marked Answer(HandoffMessage.Mark mark) => new(connection, order.Epoch, mark.Round);

    /// <summary>The messages with the frames that were held since the last call.</summary>
    public IEnumerable<HandoffMessage.Segment> Pass(HeldFrames held)
    {
        _passed = Math.Max(_passed, held.Dropped); // what was dropped at once is like what the network lost
        for (; _passed < held.Dropped + held.Count; _passed++)
        {
            var frame = held[(int)(_passed - held.Dropped)];
            yield return new HandoffMessage.Segment(
                connection, order.Epoch, _passed + 1, frame.Packet.ToArray(), frame.ChecksumVerified, frame.SegmentSize);
        }
    }

    /// <summary>Notes what the source has processed of what was passed on.</summary>
    public void Note(HandoffMessage.Processed processed) =>
        _processed = Math.Clamp(processed.Number, _processed, _passed);

    /// <summary>Drops the held frames that the state of the source knows.</summary>
    public void DropProcessed(HeldFrames held) => held.DropFirst((int)Math.Max(0, _processed - held.Dropped));

    /// <summary>
    /// The connection; null where payload is missing: the source sends all of it again when it hears nothing.
    /// </summary>
    /// <exception cref="FormatException">The record cannot be read, or is of another connection.</exception>
    public (ConnectionImage Image, FidelityLedger Ledger)? Complete(HandoffMessage.Transfer transfer)
    {
        var decoded = HyperionStateCodec.Instance.Decode(transfer.Record);
        var identity = decoded.State.Identity;
        if (identity.ConnectionId != connection || identity.Epoch != order.Epoch)
        {
            throw new FormatException(
                $"the record is of connection '{identity.ConnectionId}' at epoch {identity.Epoch}, "
                + $"not of '{connection}' at {order.Epoch}");
        }

        if (_payload.Missing(decoded.State).Any()) return null;
        return (new ConnectionImage(decoded.State, _payload.Complete(decoded.State)), decoded.Ledger);
    }
}
