using ActorStack.Actors.Cluster.Channel;
using ActorStack.Actors.Serialization.Messages;
using Akka.Actor;
using Akka.Cluster;

namespace ActorStack.Actors.Cluster;

/// <summary>Another member of the cluster, as <see cref="NodeActor"/> knows it.</summary>
internal sealed class Peer(Member member)
{
    public Member Member { get; set; } = member;

    /// <summary>The name under which the lease knows the peer: one start of one process.</summary>
    public string Key { get; } = member.UniqueAddress.ToString();

    /// <summary>What the peer told of itself; null: nothing yet.</summary>
    public ClusterNode? Node { get; private set; }

    /// <summary>The actor of the peer, known with <see cref="Node"/>.</summary>
    public PartSender? Sender { get; private set; }

    /// <summary>The channel to the peer, past Akka.Remote; null: there is none.</summary>
    public NodeChannel? Channel
    {
        get => Sender?.Channel;
        set => Sender!.Channel = value;
    }

    /// <summary>This node is opening a channel.</summary>
    public bool IsDialing { get; set; }

    public PartAssembler Parts { get; } = new(NodeMessageCodec.MaximumLength);

    public bool IsReachable { get; set; } = true;

    /// <summary>The observers know the node.</summary>
    public bool IsListed { get; set; }

    /// <summary>An older member has the name.</summary>
    public bool IsNameTaken { get; set; }

    /// <summary>The peer said that it does not have the secret of the cluster.</summary>
    public bool LacksSecret { get; set; }

    /// <summary>The connections of the peer at its last answer.</summary>
    public long? Connections { get; set; }

    /// <summary>The work of the peer as it told last.</summary>
    public NodeWork? Work { get; set; }

    /// <summary>The peer counts for the majority.</summary>
    public bool IsCounted => Counts(Member);

    public string Status => IsNameTaken ? "name-taken"
        : IsReachable ? Member.Status.ToString().ToLowerInvariant()
        : "unreachable";

    public static bool Counts(Member member) => member.Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Exiting;

    public static string Show(Address address) => FormattableString.Invariant($"{address.Host}:{address.Port}");

    /// <summary>The peer has told its name.</summary>
    public void Introduce(NodeProtocol.Hello hello, IActorRef actor, IActorRef self)
    {
        Node = new ClusterNode(hello.Name, hello.Incarnation, Show(Member.Address), hello.Steering);
        Sender = new PartSender(actor, self);
    }
}
