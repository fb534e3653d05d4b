using ActorStack.Transport.Links;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Engines.Kernel;

/// <summary>The settings of a <see cref="KernelEngine"/>.</summary>
/// <param name="Name">The name in that of the nftables table, <c>actorstack-NAME</c>; unique in a network namespace. Usually the
/// link's name.</param>
/// <param name="Addresses">The virtual addresses whose connections it runs.</param>
/// <param name="Link">The link that these addresses are routed to; frames written back to it are steered to the kernel.</param>
public sealed record KernelEngineSettings(string Name, IReadOnlyList<IpAddress> Addresses, ILink Link)
{
    /// <summary>Connections that the engine holds at once.</summary>
    public int Capacity { get; init; } = 10_000;

    /// <summary>
    /// Unsent bytes that the kernel may hold of one connection; all of them travel when the connection leaves it.
    /// </summary>
    public int NotSentLimit { get; init; } = 256 * 1024;

    /// <summary>
    /// The firewall mark of sockets to which arriving segments are steered. It must differ from <see cref="RouteMark"/> and from
    /// any other mark in use.
    /// </summary>
    public uint SocketMark { get; init; } = 0xAC70_0001;

    /// <summary>The firewall mark of sockets to which only frames written back to the link are steered.</summary>
    public uint ForwardMark { get; init; } = 0xAC70_0002;

    /// <summary>The firewall mark of packets that are steered to a socket; each name has its own.</summary>
    public uint RouteMark { get; init; } = 0xAC71_0000 + NameNumber.Of(Name);

    /// <summary>The routing table by which these packets are delivered locally; each name has its own.</summary>
    public uint RouteTable { get; init; } = 0x1AC7_0000 + NameNumber.Of(Name);

    /// <summary>
    /// The priority of the rule that looks these packets up in the table. It comes before the rules of others, which have higher
    /// numbers.
    /// </summary>
    public uint RulePriority { get; init; } = 100;

    /// <summary>Called on a thread of the engine with the part of the set-up that something else on the host removed.</summary>
    public Action<IReadOnlyList<HostChange>>? HostChanged { get; init; }
}
