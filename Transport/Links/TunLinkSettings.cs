using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Links;

/// <summary>How a <see cref="TunLink"/> is set up.</summary>
/// <param name="Name">The device to make, 1 to 15 characters, e.g. <c>as0</c>.</param>
/// <param name="Addresses">The virtual addresses routed to it.</param>
public sealed record TunLinkSettings(string Name, IReadOnlyList<IpAddress> Addresses)
{
    /// <summary>MTU of the device, bytes with IP header: 1,280 to 65,535.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>Queues, each of which one thread reads: 1 to <see cref="FlowSpread.MaximumCount"/>.</summary>
    public int Queues { get; init; } = 1;

    /// <summary>
    /// A BPF program brings packets to the queues of their flows, where BPF is permitted. False serves comparisons only.
    /// </summary>
    public bool Steering { get; init; } = true;

    /// <summary>Segments of up to 64 KB cross the device whole in both directions. False serves comparisons only.</summary>
    public bool SegmentationOffload { get; init; } = true;

    /// <summary>Packets that the device queues towards the stack; it drops those beyond.</summary>
    public int QueueLength { get; init; } = 10_000;

    /// <summary>
    /// The time for which a wait polls the device before it sleeps, which trades CPU time for latency. Zero: it sleeps at once.
    /// </summary>
    public TimeSpan SpinTime { get; init; } = TimeSpan.FromMicroseconds(50);

    /// <summary>
    /// The addresses are routed to the device from the start. False: another process of this network namespace has them, and they
    /// come with <see cref="TunLink.TakeRoutes"/>.
    /// </summary>
    public bool HasRoutes { get; init; } = true;

    /// <summary>Called on a thread of the link with the parts of the set-up that something else on the host took away.</summary>
    public Action<IReadOnlyList<HostChange>>? HostChanged { get; init; }
}
