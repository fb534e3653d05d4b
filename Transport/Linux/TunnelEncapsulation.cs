using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Linux;

/// <summary>What a route tells a tunnel device about the outer header (LWTUNNEL_ENCAP_IP, LWTUNNEL_ENCAP_IP6).</summary>
/// <param name="Network">The VXLAN network identifier.</param>
/// <param name="Source">The own end of the tunnel.</param>
/// <param name="Destination">The far end, of the same IP version.</param>
internal readonly record struct TunnelEncapsulation(uint Network, IpAddress Source, IpAddress Destination);
