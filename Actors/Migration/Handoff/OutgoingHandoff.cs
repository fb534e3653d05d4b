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

    private PayloadCutter _cutter = new(connection, epoch, ChunkSize);
    private ConnectionImage? _image;
    private HandoffMessage.Transfer? _transfer;

    /// <summary>The target.</summary>
    public string Node => node;

    /// <summary>Asks the target to prepare.</summary>
    public void SendPrepare(HandoffOffer offer) => Send(new HandoffMessage.Prepare(connection, epoch, offer));

    /// <summary>Sends payload that has not been sent yet, while the connection still runs.</summary>
    public void SendAhead(ConnectionImage image)
    {
        foreach (var chunk in _cutter.Cut(image)) Send(new HandoffMessage.Chunk(connection, epoch, chunk));
    }

    /// <summary>Sends the rest of the payload and the state. The connection is frozen.</summary>
    /// <param name="image">The connection.</param>
    /// <param name="application">The state of the application; null: it has ended.</param>
    /// <param name="frozenFor">The time since the freeze.</param>
    public void SendTransfer(ConnectionImage image, ReadOnlyMemory<byte>? application, TimeSpan frozenFor)
    {
        SendAhead(image);
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
        SendAhead(_image!);
        Send(_transfer!);
    }

    private void Send(HandoffMessage message) => network.Send(node, message);
}
