using ActorStack.Actors.Serialization.Messages;
using Akka.Cluster;

namespace ActorStack.Actors.Cluster;

/// <summary>What arrives from other nodes. Only members are heard.</summary>
internal sealed partial class NodeActor
{
    private void OnArrived(object message)
    {
        if (_byActor.TryGetValue(Sender, out var peer) && peer.Member.Status is not MemberStatus.Down)
        {
            OnMessage(peer, message);
        }
        else if (!_hasEnded)
        {
            _refusals.Warning("A {0} from {1}, which is no member of the cluster, is refused", message.GetType().Name, Sender);
        }
    }

    private void OnMessage(Peer peer, object message)
    {
        switch (message)
        {
            case NodeProtocol.Ping ping:
                peer.Sender!.Send(new NodeProtocol.Pong(ping.AskedAt, _network.CountConnections()));
                break;
            case NodeProtocol.Pong pong:
                OnPong(peer, pong);
                break;
            case NodeProtocol.Worked worked:
                peer.Work = worked.Work;
                break;
            case NodeProtocol.ChannelAt channel:
                OnChannelAt(peer, channel.Port);
                break;
            case NodeProtocol.AskSecret:
                peer.Sender!.Send(new NodeProtocol.Secret(_network.KnownSecret ?? []));
                break;
            case NodeProtocol.Secret secret:
                OnSecret(peer, secret.Bytes);
                break;
            case NodeProtocol.Part part:
                OnPart(peer, part);
                break;
            case UnreadableMessage unreadable:
                Refuse(peer, unreadable.Manifest, unreadable.Reason);
                break;
            case NodeMessage whole:
                DeliverFrom(peer, whole);
                break;
        }
    }

    /// <summary>A question from the future is none of this node's.</summary>
    private void OnPong(Peer peer, NodeProtocol.Pong pong)
    {
        if (pong.AskedAt > _network.Now.Ticks) return;
        peer.Connections = pong.Connections;
        _network.Lease.OnHeard(peer.Key, TimeSpan.FromTicks(pong.AskedAt));
    }

    private void OnSecret(Peer peer, byte[] secret)
    {
        peer.LacksSecret = secret.Length == 0;
        if (secret.Length != SecretLength || _network.KnownSecret is not null) return;
        _network.Learn(secret);
        CompleteJoin();
    }

    private void OnPart(Peer peer, NodeProtocol.Part part)
    {
        try
        {
            if (peer.Parts.Add(part) is { } bytes) DeliverFrom(peer, NodeMessageCodec.Read(part.Manifest, bytes.Span));
        }
        catch (FormatException error)
        {
            Refuse(peer, part.Manifest, error.Message);
        }
    }

    private void DeliverFrom(Peer peer, NodeMessage message)
    {
        if (peer.IsListed) Deliver(peer.Node!.Name, message);
        else _refusals.Warning("A {0} from {1}, which is not listed yet, is refused", message.GetType().Name, peer.Node!.Name);
    }

    /// <summary>The sender learns which message it was, except where that message was such an answer itself.</summary>
    private void Refuse(Peer peer, string manifest, string reason)
    {
        var shown = manifest.Length <= NodeProtocol.LongestText ? manifest : manifest[..NodeProtocol.LongestText];
        _refusals.Warning("A message '{0}' from {1} is refused: {2}", shown, peer.Node!.Name, reason);
        if (!manifest.StartsWith("node-unknown/", StringComparison.Ordinal))
            peer.Sender!.Send(new NodeMessage.Unknown(shown, reason));
    }
}
