using ActorStack.Actors.Cluster.Channel;
using ActorStack.Actors.Serialization.Messages;
using Akka.Actor;

namespace ActorStack.Actors.Cluster;

/// <summary>
/// Sends messages to one node, each in frames that Akka.Remote carries: a larger message would be dropped without an error. Any
/// thread may send.
/// </summary>
/// <param name="target">The actor of the node.</param>
/// <param name="sender">The actor of this node.</param>
internal sealed class PartSender(IActorRef target, IActorRef sender)
{
    /// <summary>The bytes of a part. Larger ones take three times longer, because they are large objects.</summary>
    public const int PartLength = 48 << 10;

    /// <summary>The largest message that is not split: a chunk of 64 KB with its header.</summary>
    public const int WholeLength = 68 << 10;

    /// <summary>What Akka.Remote must carry: the largest message, and the addresses around it.</summary>
    public const int LeastFrameSize = WholeLength + (4 << 10);

    private readonly Lock _gate = new();
    private NodeChannel? _channel;
    private long _number;

    public IActorRef Target => target;

    /// <summary>The channel to the node; null: there is none.</summary>
    public NodeChannel? Channel
    {
        get => Volatile.Read(ref _channel);
        set => Volatile.Write(ref _channel, value);
    }

    /// <summary>Sends a message by the channel, or by Akka.Remote where there is no channel.</summary>
    /// <exception cref="ArgumentException">The message is larger than the largest one.</exception>
    public void SendFast(NodeMessage message)
    {
        if (Channel is { IsOpen: true } channel) channel.Send(message);
        else Send(message);
    }

    /// <summary>Sends a message by Akka.Remote.</summary>
    /// <exception cref="ArgumentException">The message is larger than the largest one.</exception>
    public void Send(NodeMessage message)
    {
        var length = NodeMessageCodec.Length(message);
        if (length > NodeMessageCodec.MaximumLength)
        {
            throw new ArgumentException(
                $"A {message.GetType().Name} of {length} bytes is larger than the {NodeMessageCodec.MaximumLength} bytes "
                + "of the largest message between nodes.", nameof(message));
        }

        if (length <= WholeLength) target.Tell(message, sender);
        else SendParts(NodeMessageCodec.Manifest(message), NodeMessageCodec.Write(message));
    }

    /// <summary>The parts of two messages must not mix, so that the receiver holds one incomplete message at most.</summary>
    private void SendParts(string manifest, byte[] bytes)
    {
        lock (_gate)
        {
            _number++;
            for (int index = 0, at = 0; at < bytes.Length; index++, at += PartLength)
            {
                var part = bytes.AsMemory(at, Math.Min(PartLength, bytes.Length - at));
                target.Tell(new NodeProtocol.Part(_number, index, bytes.Length, manifest, part), sender);
            }
        }
    }
}
