namespace ActorStack.Transport.State.Sections;

/// <summary>TCP Fast Open (RFC 7413).</summary>
public sealed record FastOpenSection
{
    /// <summary>A Fast Open option goes with the next SYN or SYN,ACK (RFC 7413).</summary>
    public bool HasOption { get; init; }

    /// <summary>The cookie of that option; empty: the option asks for one.</summary>
    public byte[] Cookie { get; init; } = [];

    /// <summary>The MSS the cookie's granter announced, bytes; 0: unknown.</summary>
    public ushort Mss { get; init; }

    /// <summary>The payload of the peer's SYN was taken: the application began, and may send, in SYN-RECEIVED.</summary>
    public bool PayloadTaken { get; init; }

    /// <summary>A SYN with payload had no answer.</summary>
    public bool Failed { get; init; }
}
