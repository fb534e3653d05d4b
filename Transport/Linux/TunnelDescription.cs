using System.Net.NetworkInformation;

namespace ActorStack.Transport.Linux;

/// <summary>What rtnetlink says of a device that may be a tunnel.</summary>
/// <param name="Index">Names the device as long as it exists.</param>
/// <param name="Address">Its Ethernet address.</param>
/// <param name="Port">The UDP port of a VXLAN device whose routes tell the outer header; null: it is another device.</param>
internal readonly record struct TunnelDescription(int Index, PhysicalAddress Address, ushort? Port);
