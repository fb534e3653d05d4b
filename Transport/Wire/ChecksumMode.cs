namespace ActorStack.Transport.Wire;

/// <summary>Who computes the transport checksum of an outgoing packet.</summary>
public enum ChecksumMode
{
    /// <summary>The writer, over header and payload.</summary>
    Full,

    /// <summary>The link: the field holds the folded, uncomplemented pseudo-header sum.</summary>
    Partial,
}
