using System.Threading.Channels;
using ActorStack.Actors.Cluster;
using ActorStack.Tests.Common;

namespace ActorStack.Actors.Tests.Support.Cluster;

/// <summary>Keeps what a node hears, for a test that waits for it.</summary>
internal sealed class ClusterObserver : INodeObserver
{
    private readonly Channel<(string Node, NodeMessage Message)> _messages =
        Channel.CreateUnbounded<(string Node, NodeMessage Message)>();
    private readonly Channel<ClusterNode> _joined = Channel.CreateUnbounded<ClusterNode>();
    private readonly Channel<ClusterNode> _removed = Channel.CreateUnbounded<ClusterNode>();

    public void OnMessage(string node, NodeMessage message) => _messages.Writer.TryWrite((node, message));

    public void OnNodeJoined(ClusterNode node) => _joined.Writer.TryWrite(node);

    public void OnNodeRemoved(ClusterNode node) => _removed.Writer.TryWrite(node);

    public ValueTask<(string Node, NodeMessage Message)> MessageAsync() => _messages.Reader.ReadAsync(Patience.Token());

    public ValueTask<ClusterNode> JoinedAsync() => _joined.Reader.ReadAsync(Patience.Token());

    public ValueTask<ClusterNode> RemovedAsync() => _removed.Reader.ReadAsync(Patience.Token());

    public bool HasMessage => _messages.Reader.TryPeek(out _);

    public bool HasRemoved => _removed.Reader.TryPeek(out _);
}
