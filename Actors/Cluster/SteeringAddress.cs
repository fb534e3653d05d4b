using System.Diagnostics.CodeAnalysis;
using System.Net;
using ActorStack.Transport.Links.Steering;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Cluster;

/// <summary>
/// The text by which a node tells the others how they forward segments to it: <c>ADDRESS</c>, or <c>ADDRESS,ADDRESS</c> for both
/// IP versions, of a node on the same segment; <c>vxlan:ADDRESS</c> of a node behind routers.
/// </summary>
public static class SteeringAddress
{
    /// <summary>The advice for a text that is not valid.</summary>
    public const string WhatToDo =
        "Write an IP address of this node, or one of each version separated by a comma; vxlan: before it where routers are "
        + "between the nodes.";

    private const string Tunnel = "vxlan:";

    /// <summary>Reads the text; false where it is not valid.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out NextHop? nextHop)
    {
        nextHop = null;
        if (text.StartsWith(Tunnel, StringComparison.Ordinal))
        {
            if (IPAddress.TryParse(text.AsSpan(Tunnel.Length), out var address)) nextHop = new TunnelHop(IpAddress.From(address));
            return nextHop is not null;
        }

        var addresses = new List<IpAddress>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!IPAddress.TryParse(part, out var address)) return false;
            addresses.Add(IpAddress.From(address));
        }

        nextHop = new NeighbourHop(addresses);
        return true;
    }
}
