using System.Security.Cryptography;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace ActorStack.Actors.Cluster;

/// <summary>Who is a member, under which name, and when the observers hear of it.</summary>
internal sealed partial class NodeActor
{
    private const int SecretLength = 32;

    /// <summary>
    /// Clocks of two machines may run at unlike rates, and a member may take a moment to hear of a change that it has seen.
    /// </summary>
    private TimeSpan RemovalWait => Settings.Lease * 1.25;

    private void OnChanged(Member member)
    {
        if (member.UniqueAddress.Equals(_cluster.SelfUniqueAddress))
        {
            if (!_hasEnded) _self = member;
            if (member.Status is MemberStatus.Down) EndMembership("the cluster has removed the node");
        }
        else if (_peers.TryGetValue(member.UniqueAddress, out var known))
        {
            known.Member = member;
        }
        else
        {
            Greet(_peers[member.UniqueAddress] = new Peer(member), isAnswer: false);
        }

        Announce();
        Publish();
    }

    private void OnRemoved(Member member)
    {
        if (member.UniqueAddress.Equals(_cluster.SelfUniqueAddress)) EndMembership("the node has left its cluster");
        if (!_peers.Remove(member.UniqueAddress, out var peer)) return;
        if (peer.Sender is { } sender) _byActor.Remove(sender.Target);
        _network.Lease.Forget(peer.Key);
        peer.Channel?.Dispose();
        if (peer.IsListed)
            _departing.Add(new Departure(_network.Now + RemovalWait, peer.Node!, peer.Channel?.Ended ?? Task.CompletedTask));
        Publish();
    }

    private void OnReachability(ClusterEvent.ReachabilityEvent reachability)
    {
        if (_peers.TryGetValue(reachability.Member.UniqueAddress, out var peer))
        {
            peer.IsReachable = reachability is ClusterEvent.ReachableMember;
            if (!peer.IsReachable) peer.Channel?.Dispose(); // it may hang; another one follows when the peer answers again
        }

        Publish();
    }

    /// <summary>This node is no member any more and never becomes one again.</summary>
    private void EndMembership(string reason)
    {
        (_self, _hasEnded) = (null, true);
        CloseChannels();
        Publish();
        _network.FailJoin(new NodeNetworkException(
            $"The node did not join its cluster: {reason}.",
            "The log says why. Look at the seed nodes and at the certificates."));
    }

    private void Greet(Peer peer, bool isAnswer)
    {
        var hello = new NodeProtocol.Hello(
            Settings.Name, Settings.Incarnation, Settings.Steering, _cluster.SelfUniqueAddress.Uid, isAnswer);
        var path = new RootActorPath(peer.Member.Address) / "system" / Name;
        Context.ActorSelection(path).Tell(hello, Self);
    }

    /// <summary>
    /// A hello from an address that is no member needs no log line, because a member's hello may arrive before its membership.
    /// </summary>
    private void OnHello(NodeProtocol.Hello hello)
    {
        var key = new UniqueAddress(Sender.Path.Address, hello.Member);
        if (!_peers.TryGetValue(key, out var peer) || peer.Member.Status is MemberStatus.Down) return;
        if (Sender.Path.Name != Name) return; // it is no actor of a node
        if (!NodeName.IsValid(hello.Name) || hello.Steering.Length > NodeProtocol.LongestText)
        {
            _refusals.Warning("{0} calls itself '{1}', which is no name of a node", Peer.Show(peer.Member.Address), hello.Name);
            return;
        }

        if (peer.Sender is null)
        {
            _byActor[Sender] = peer;
            peer.Introduce(hello, Sender, Self);
        }

        if (!hello.IsAnswer) Greet(peer, isAnswer: true);
        Announce();
        Publish();
    }

    /// <summary>
    /// Tells the observers of removed nodes whose lease has run out, then of new nodes. A name is free again when the observers
    /// have heard of the removal of the node that had it.
    /// </summary>
    private void Announce()
    {
        var now = _network.Now;
        var departed = _departing.FindAll(departing => departing.IsOver(now));
        foreach (var (_, node, _) in departed) Tell(observer => observer.OnNodeRemoved(node));
        _departing.RemoveAll(departed.Contains);
        var candidates = _peers.Values.Where(peer => peer is { IsListed: false, Node: not null, IsCounted: true }).ToList();
        foreach (var peer in candidates.OrderBy(peer => peer.Member, Member.AgeOrdering)) List(peer);
        CompleteJoin();
    }

    private void List(Peer peer)
    {
        var name = peer.Node!.Name;
        if (name == Settings.Name)
        {
            if (_self is { } self && peer.Member.IsOlderThan(self)) GiveUpName(peer);
            else if (!_hasEnded) NoteTaken(peer, _cluster.SelfAddress);
            return;
        }

        if (_departing.Exists(departing => departing.Node.Name == name)) return;
        if (_peers.Values.FirstOrDefault(other => other.IsListed && other.Node!.Name == name) is { } older)
        {
            NoteTaken(peer, older.Member.Address);
            return;
        }

        (peer.IsListed, peer.IsNameTaken) = (true, false);
        Publish();
        Tell(observer => observer.OnNodeJoined(peer.Node));
    }

    private void NoteTaken(Peer peer, Address owner)
    {
        if (peer.IsNameTaken) return;
        peer.IsNameTaken = true;
        _log.Warning(
            "{0} calls itself {1}, which is the name of {2}: it gets no messages and no connections",
            Peer.Show(peer.Member.Address), peer.Node!.Name, Peer.Show(owner));
    }

    /// <summary>An older member has the name of this node, so this node leaves.</summary>
    private void GiveUpName(Peer older)
    {
        var error = new NodeNetworkException(
            $"The cluster has a node {Settings.Name} already, at {Peer.Show(older.Member.Address)}.",
            "Give this node another name: --node, or ActorStack:Node in the configuration.");
        _log.Error("{0} {1}", error.Message, error.WhatToDo);
        (_self, _hasEnded) = (null, true);
        _network.FailJoin(error);
        _cluster.Leave(_cluster.SelfAddress);
    }

    /// <summary>The node knows every member that can be reached, so that a conflict of names would have shown.</summary>
    private void CompleteJoin()
    {
        if (!IsMember || _network.KnownSecret is null) return;
        if (_peers.Values.All(peer => peer.Node is not null || !peer.IsCounted || !peer.IsReachable)) _network.CompleteJoin();
    }

    /// <summary>
    /// Any member that has the secret hands it out. The oldest member makes it, when every other member has said that it does
    /// not have it.
    /// </summary>
    private void SeekSecret()
    {
        if (_network.KnownSecret is not null || !IsMember) return;
        foreach (var peer in _peers.Values) peer.Sender?.Send(NodeProtocol.AskSecret.Instance);
        var others = _peers.Values.Where(peer => peer.IsCounted);
        if (others.All(peer => peer.LacksSecret && _self!.IsOlderThan(peer.Member)))
            _network.Learn(RandomNumberGenerator.GetBytes(SecretLength));
    }
}
