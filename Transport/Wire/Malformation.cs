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

    /// <summary>A TCP segment from or to an address that is no single host's (RFC 9293 section 3.9.2.3).</summary>
    IpAddress,
    TcpHeaderLength,
    TcpOptions,
    TcpChecksum,
    TcpPort,
    IcmpChecksum,
}
