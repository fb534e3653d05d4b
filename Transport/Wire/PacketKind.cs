namespace ActorStack.Transport.Wire;

/// <summary>The kind of an IP packet.</summary>
public enum PacketKind : byte
{
    /// <summary>Not readable; see <see cref="Malformation"/>.</summary>
    Malformed,

    /// <summary>A TCP segment.</summary>
    Tcp,

    /// <summary>An ICMP or ICMPv6 message.</summary>
    Icmp,

    /// <summary>A fragment, to be put together first: <c>FragmentReassembler</c>.</summary>
    Fragment,

    /// <summary>Another protocol.</summary>
    Other,
}
