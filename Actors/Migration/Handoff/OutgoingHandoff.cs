using ActorStack.Actors.Cluster;
using ActorStack.Actors.Serialization;
using ActorStack.Transport.State;

namespace ActorStack.Actors.Migration.Handoff;

/// <summary>
/// The source's part of one handoff: cuts the payload into chunks, sends what is new ahead of the state, and sends all of it
/// again where the target did not answer.
/// </summary>
internal sealed class OutgoingHandoff(INodeNetwork network, string node, string connection, long epoch)
{
    /// <summary>
    /// The payload of a chunk, in bytes: small enough that no message of the cluster waits long behind it, and that it stays
    /// out of the heap of large objects.
    /// </summary>
    private const int ChunkSize = 48 * 1024;

    /// <summary>Payload that costs less than the round trip of a round, in bytes.</summary>
    public const int Enough = 64 * 1024;

    private const int MostRounds = 6;

    private PayloadCutter _cutter = new(connection, epoch, ChunkSize);
    private ConnectionImage? _image;
    private HandoffMessage.Transfer? _transfer;
    private int _round;
    private bool _isEnough;
    private long _processed;

    /// <summary>The target.</summary>
    public string Node => node;

    /// <summary>Asks the target to prepare.</summary>
    public void SendPrepare(HandoffOffer offer) => Send(new HandoffMessage.Prepare(connection, epoch, offer));

    /// <summary>
    /// Sends one round of payload ahead of the state, while the connection still runs: what has come to the queues since the
    /// round before. The target answers when it has come.
    /// </summary>
    public void SendAhead(ConnectionImage image)
    {
        _round++;
        _isEnough = SendChunks(image) <= Enough || _round >= MostRounds;
        Send(new HandoffMessage.Mark(connection, epoch, _round));
    }

    /// <summary>Asks the target to hold all segments from now on. It answers as to a round of payload.</summary>
    public void SendHold()
    {
        Send(new HandoffMessage.Hold(connection, epoch));
        Send(new HandoffMessage.Mark(connection, epoch, ++_round));
    }

    /// <summary>
    /// The target has all that was sent ahead. True where another round would not make the blackout shorter: little was left, or
    /// the connection is faster than the messages.
    /// </summary>
    public bool IsEnough => _isEnough;

    /// <summary>True where the answer is the one to the last round; one to an earlier round came twice.</summary>
    public bool IsAnswer(HandoffMessage.Marked marked) => marked.Round == _round;

    /// <summary>
    /// True where the segment, which the network brought to the target, is new here. One that came twice is not; one before it
    /// may have been lost.
    /// </summary>
    public bool IsNew(HandoffMessage.Segment segment)
    {
        if (segment.Epoch != epoch || segment.Number <= _processed) return false;
        if (segment.Number == _processed + 1) _processed++;
        return true;
    }

    /// <summary>Sends the rest of the payload and the state. The connection is frozen.</summary>
    /// <param name="image">The connection.</param>
    /// <param name="application">The state of the application; null: it has ended.</param>
    /// <param name="frozenFor">The time since the freeze.</param>
    public void SendTransfer(ConnectionImage image, ReadOnlyMemory<byte>? application, TimeSpan frozenFor)
    {
        if (_processed > 0) Send(new HandoffMessage.Processed(connection, epoch, _processed));
        SendChunks(image);
        _image = image;
        _transfer = new HandoffMessage.Transfer(
            connection, epoch, HyperionStateCodec.Instance.Encode(image.State), application?.ToArray(),
            (long)frozenFor.TotalMicroseconds);
        Send(_transfer);
    }

    /// <summary>Sends everything again, because some of it may be lost.</summary>
    public void Repeat()
    {
        _cutter = new PayloadCutter(connection, epoch, ChunkSize);
        SendChunks(_image!);
        Send(_transfer!);
    }

    /// <summary>Returns the number of bytes.</summary>
    private long SendChunks(ConnectionImage image)
    {
        var sent = 0L;
        foreach (var chunk in _cutter.Cut(image))
        {
            Send(new HandoffMessage.Chunk(connection, epoch, chunk));
            sent += chunk.Length;
        }

        return sent;
    }

    private void Send(HandoffMessage message) => network.Send(node, message);
}
