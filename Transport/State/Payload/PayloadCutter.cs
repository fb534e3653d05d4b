using ActorStack.Transport.Wire;

namespace ActorStack.Transport.State;

/// <summary>
/// Cuts the payload of a connection into chunks. Called again with a later state of the connection, it cuts only what is new: so
/// the bulk can travel ahead while the connection still runs (pre-copy), and the freeze waits for the rest alone.
/// </summary>
/// <param name="connectionId">The connection whose payload it is; it stands in every chunk.</param>
/// <param name="epoch">The epoch of the move; it stands in every chunk.</param>
/// <param name="size">The largest payload of a chunk, bytes.</param>
public sealed class PayloadCutter(string connectionId, long epoch, int size = PayloadCutter.DefaultSize)
{
    /// <summary>
    /// The default size of a chunk, bytes: large enough that its header costs little, small enough to share a link.
    /// </summary>
    public const int DefaultSize = 64 * 1024;

    private readonly SequenceCoverage _sent = new();
    private readonly SequenceCoverage _received = new();

    /// <summary>Chunks of the payload that was not cut before.</summary>
    public IEnumerable<byte[]> Cut(ConnectionImage image)
    {
        foreach (var range in image.Payload.Ranges(image.State))
        {
            var coverage = range.Queue is PayloadQueue.Send ? _sent : _received;
            foreach (var (start, end) in coverage.Uncovered(range.Start, range.End).ToArray())
            {
                for (var at = start; at < end; at = SequenceNumber.Min(at + size, end))
                    yield return new PayloadChunk(connectionId, epoch, Slice(range, at, SequenceNumber.Min(at + size, end)))
                        .Encode();
                coverage.Add(start, end);
            }
        }
    }

    private static PayloadRange Slice(in PayloadRange range, SequenceNumber start, SequenceNumber end) =>
        range with { Start = start, Bytes = range.Bytes.Slice(start - range.Start, end - start) };
}
