namespace ActorStack.Transport.Wire;

/// <summary>What an IP packet turned out to be.</summary>
public enum PacketKind : byte
{
    /// <summary>Not readable; see <see cref="Malformation"/>.</summary>
    Malformed,
    Tcp,
    Icmp,

    /// <summary>A fragment, to be put together first: <c>FragmentReassembler</c>.</summary>
    Fragment,

    /// <summary>Another protocol.</summary>
    Other,
}
