using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Links.Steering;

/// <summary>
/// Another node on the same segment: the packet goes there unchanged, and the route of that node brings it to its link. IPv4
/// virtual addresses can go by way of an IPv6 address (RFC 8950), while IPv6 ones need an IPv6 address.
/// </summary>
/// <param name="Addresses">Addresses of the node's own on the segment; the first of each IP version counts.</param>
public sealed record NeighbourHop(params IReadOnlyList<IpAddress> Addresses) : NextHop
{
    /// <summary>
    /// The device that leads to the segment. Null: the one that the kernel's routing has for the address; a link-local address
    /// needs it named.
    /// </summary>
    public string? Device { get; init; }

    /// <summary>For people.</summary>
    public override string ToString() => $"neighbour {string.Join(", ", Addresses)}";
}
