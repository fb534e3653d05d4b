namespace ActorStack.Transport.State.Sections;

/// <summary>Which connection it is, between which endpoints, in which state, and who owns it.</summary>
public sealed record IdentitySection
{
    /// <summary>The name of the connection over its whole life, on every stack and node.</summary>
    public string ConnectionId { get; init; } = "";

    /// <summary>Counter of ownership; every migration raises it.</summary>
    public long Epoch { get; init; }

    /// <summary>Local IP address in network byte order: 4 or 16 bytes.</summary>
    public byte[] LocalAddress { get; init; } = [];

    /// <summary>Local TCP port.</summary>
    public ushort LocalPort { get; init; }

    /// <summary>The peer's IP address in network byte order, as long as the local one.</summary>
    public byte[] RemoteAddress { get; init; } = [];

    /// <summary>The peer's TCP port.</summary>
    public ushort RemotePort { get; init; }

    /// <summary>State of RFC 9293 section 3.3.2.</summary>
    public TcpState State { get; init; }

    /// <summary>The peer opened the connection. This matters in SYN-RECEIVED (RFC 9293 section 3.10.7.4).</summary>
    public bool IsPassive { get; init; }
}
