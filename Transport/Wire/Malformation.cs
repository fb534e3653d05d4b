namespace ActorStack.Transport.Wire;

/// <summary>The defect of a packet. It is counted, never thrown.</summary>
public enum Malformation : byte
{
    /// <summary>The packet has no defect.</summary>
    None,

    /// <summary>The packet is shorter than its headers say.</summary>
    Truncated,

    /// <summary>The version is neither 4 nor 6.</summary>
    IpVersion,

    /// <summary>The IPv4 header is shorter than 20 bytes.</summary>
    IpHeaderLength,

    /// <summary>The IPv4 total length is shorter than the header.</summary>
    IpTotalLength,

    /// <summary>The checksum of the IPv4 header is wrong.</summary>
    IpChecksum,

    /// <summary>The IPv6 extension headers are malformed, or too many.</summary>
    IpExtensionHeaders,

    /// <summary>A TCP segment from or to an address that is no single host's (RFC 9293 section 3.9.2.3).</summary>
    IpAddress,

    /// <summary>The TCP header is shorter than 20 bytes, or longer than the segment.</summary>
    TcpHeaderLength,

    /// <summary>A TCP option is malformed.</summary>
    TcpOptions,

    /// <summary>The TCP checksum is wrong.</summary>
    TcpChecksum,

    /// <summary>A port is 0.</summary>
    TcpPort,

    /// <summary>The ICMP checksum is wrong.</summary>
    IcmpChecksum,
}
