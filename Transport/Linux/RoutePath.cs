using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Linux;

/// <summary>Where a route leads.</summary>
/// <param name="Device">The index of the device by which packets leave.</param>
/// <param name="Gateway">The neighbour that they are given to; null: the device has no neighbours.</param>
/// <param name="IsOnLink">The gateway is at the device, whatever the addresses there are.</param>
/// <param name="Tunnel">The packets travel to the far end of a tunnel; null: as they are.</param>
internal readonly record struct RoutePath(
    int Device, IpAddress? Gateway = null, bool IsOnLink = false, TunnelEncapsulation? Tunnel = null);
