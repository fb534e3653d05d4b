namespace ActorStack.Transport.Wire;

/// <summary>What an IP packet turned out to be.</summary>
public enum PacketKind : byte
{
    /// <summary>Not readable; see <see cref="Malformation"/>.</summary>
    Malformed,
    Tcp,
    Icmp,

    /// <summary>A fragment; TCP never needs to send one, and nothing here reassembles them.</summary>
    Fragment,

    /// <summary>Another protocol.</summary>
    Other,
}
