namespace ActorStack.Transport.Wire;

/// <summary>What is wrong with a packet; counted, never thrown.</summary>
public enum Malformation : byte
{
    None,
    Truncated,
    IpVersion,
    IpHeaderLength,
    IpTotalLength,
    IpChecksum,
    IpExtensionHeaders,
    TcpHeaderLength,
    TcpOptions,
    TcpChecksum,
    TcpPort,
    IcmpChecksum,
}
