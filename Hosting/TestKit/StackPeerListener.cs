using System.Net;
using ActorStack.Actors.Connections;

namespace ActorStack.TestKit;

/// <summary>
/// A server outside the cluster: a port of the peers' host, which nodes connect to. Each connection is a <see cref="StackPeer"/>.
/// </summary>
public sealed class StackPeerListener
{
    private readonly StackNetwork _network;
    private readonly AcceptedConnections _accepted;

    internal StackPeerListener(StackNetwork network, AcceptedConnections accepted, IPEndPoint endPoint)
    {
        (_network, _accepted, EndPoint) = (network, accepted, endPoint);
    }

    /// <summary>The address and port that nodes connect to.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Accepts the next connection.</summary>
    /// <param name="limit">The virtual time that it may take; null: <see cref="StackNetwork.Limit"/>.</param>
    /// <exception cref="ExpectationException">None came.</exception>
    public async Task<StackPeer> AcceptAsync(TimeSpan? limit = null)
    {
        using var expected = _network.Expect($"a connection to {EndPoint}", limit);
        try
        {
            if (await _accepted.TakeAsync(expected.Late) is { } connection) return new StackPeer(_network, connection);
            throw expected.InVain("the host of the peers has ended");
        }
        catch (OperationCanceledException) when (expected.Late.IsCancellationRequested)
        {
            throw expected.InVain("none came");
        }
    }
}
