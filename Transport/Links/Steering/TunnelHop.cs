using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Links.Steering;

/// <summary>
/// Another node behind routers: the packet travels in VXLAN (RFC 7348). Both nodes need a tunnel (<see
/// cref="FlowSteeringSettings.TunnelAddress"/>) with the same port and network number.
/// </summary>
/// <param name="Address">The <see cref="FlowSteeringSettings.TunnelAddress"/> of the other node.</param>
public sealed record TunnelHop(IpAddress Address) : NextHop
{
    /// <summary>For people.</summary>
    public override string ToString() => $"tunnel to {Address}";
}
