using System.Net;
using System.Net.Sockets;
using ActorStack.Actors.Cluster.Channel;
using Akka.Actor;
using Akka.Event;

namespace ActorStack.Actors.Cluster;

/// <summary>
/// The channels to the other members, which carry the messages of the observers past Akka.Remote: those of a handoff are on the
/// way of a connection that no node answers, and Akka.Remote takes several changes of thread for each. Of two members the one
/// with the lesser key dials. Membership and lease stay with Akka.Remote, and so do all messages while there is no channel.
/// </summary>
internal sealed partial class NodeActor
{
    private static readonly TimeSpan DialLimit = TimeSpan.FromSeconds(2);

    private ChannelListener? _listener;

    private string SelfKey => _cluster.SelfUniqueAddress.ToString();

    private bool Dials(Peer peer) => string.CompareOrdinal(SelfKey, peer.Key) < 0;

    /// <summary>A node that cannot listen still dials, and is reached over Akka.Remote.</summary>
    private void OpenListener()
    {
        if (Settings.Channel is not { } endPoint) return;
        var self = Self;
        try
        {
            _listener = new ChannelListener(
                endPoint.Address, endPoint.Port, SelfKey, () => _network.KnownSecret,
                (key, socket) => self.Tell(new ChannelOpened(key, socket), ActorRefs.NoSender),
                (from, error) => self.Tell(new ChannelRefused(from, error), ActorRefs.NoSender));
        }
        catch (SocketException error)
        {
            _log.Warning(
                "This node cannot listen for channels at {0}, and other nodes reach it by Akka.Remote only, which makes handoffs "
                + "slower: {1}. Set cluster.channel-port to a port that is free.", endPoint, error.Message);
        }
    }

    private void CloseChannels()
    {
        _listener?.Dispose();
        foreach (var peer in _peers.Values) peer.Channel?.Dispose();
    }

    /// <summary>Tells a member that dials where this one listens, again and again until there is a channel.</summary>
    private void OfferChannel(Peer peer)
    {
        if (_network.KnownSecret is null || _listener is not { } listener || Dials(peer)) return;
        if (peer is { IsListed: true, IsReachable: true, Channel: null })
            peer.Sender!.Send(new NodeProtocol.ChannelAt(listener.Port));
    }

    private void OnChannelAt(Peer peer, int port)
    {
        if (!Dials(peer) || peer.IsDialing || peer is not { IsListed: true, Channel: null } || Settings.Channel is null) return;
        if (_network.KnownSecret is not { } secret || port is <= 0 or > ushort.MaxValue) return;
        peer.IsDialing = true;
        DialAsync(peer.Member.Address.Host, port, secret, SelfKey, peer.Key).PipeTo(
            Self, success: socket => new ChannelOpened(peer.Key, socket), failure: error => new ChannelFailed(peer.Key, error));
    }

    private static async Task<Socket> DialAsync(string host, int port, byte[] secret, string self, string peer)
    {
        using var limit = new CancellationTokenSource(DialLimit);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, limit.Token);
            await ChannelHandshake.DialAsync(socket, secret, self, peer, limit.Token);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The dialer tries again at the next offer; the log has the reason once in a while.</summary>
    private void OnChannelFailed(ChannelFailed failed)
    {
        if (_peers.Values.FirstOrDefault(peer => peer.Key == failed.Key) is not { } peer) return;
        peer.IsDialing = false;
        _refusals.Warning(
            "There is no channel to {0}, and Akka.Remote carries its messages more slowly: {1}", peer.Node!.Name,
            failed.Error.GetBaseException().Message);
    }

    private void OnChannelOpened(ChannelOpened opened)
    {
        if (_hasEnded
            || _peers.Values.FirstOrDefault(peer => peer.Key == opened.Key) is not { IsListed: true, IsReachable: true } peer)
        {
            opened.Socket.Dispose();
            return;
        }

        peer.IsDialing = false;
        peer.Channel?.Dispose();
        var node = peer.Node!.Name;
        var channel = new NodeChannel(opened.Socket) { Receive = message => Deliver(node, message) };
        peer.Channel = channel;
        channel.Ended.PipeTo(Self, success: failure => new ChannelEnded(peer.Key, channel, failure));
        channel.Start($"channel of {node}");
    }

    private void OnChannelEnded(ChannelEnded ended)
    {
        if (_peers.Values.FirstOrDefault(peer => peer.Key == ended.Key) is not { } peer || peer.Channel != ended.Channel) return;
        peer.Channel = null;
        if (ended.Failure is { } failure)
            _refusals.Warning("The channel to {0} has failed: {1}", peer.Node!.Name, failure.Message);
    }

    /// <summary>A node has a channel to this one.</summary>
    private sealed record ChannelOpened(string Key, Socket Socket) : INoSerializationVerificationNeeded;

    private sealed record ChannelFailed(string Key, Exception Error) : INoSerializationVerificationNeeded;

    private sealed record ChannelRefused(EndPoint? From, Exception Error) : INoSerializationVerificationNeeded;

    private sealed record ChannelEnded(string Key, NodeChannel Channel, Exception? Failure) : INoSerializationVerificationNeeded;
}
