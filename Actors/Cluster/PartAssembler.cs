namespace ActorStack.Actors.Cluster;

/// <summary>
/// Puts the parts of one sender's messages together. A sender sends one message at a time and its parts in order, so that at
/// most one message is incomplete: it takes no more memory than the largest message. A lost part loses its message.
/// </summary>
/// <param name="maximumLength">The length of the largest message, in bytes.</param>
internal sealed class PartAssembler(int maximumLength)
{
    private byte[] _bytes = [];
    private long _number = -1;
    private int _next;
    private int _filled;

    /// <summary>Takes a part. Returns the bytes of the message where this was its last part, otherwise null.</summary>
    /// <exception cref="FormatException">The part is none that a sender sends; the message is given up.</exception>
    public ReadOnlyMemory<byte>? Add(NodeProtocol.Part part)
    {
        if (part.Index == 0) Begin(part);
        else if (part.Number != _number || part.Index != _next) return GiveUp();
        if (part.Bytes.Length == 0 || part.Bytes.Length > _bytes.Length - _filled)
        {
            GiveUp();
            throw new FormatException($"a part of {part.Bytes.Length} bytes does not fit into its message");
        }

        part.Bytes.CopyTo(_bytes.AsMemory(_filled));
        _filled += part.Bytes.Length;
        _next++;
        if (_filled < _bytes.Length) return null;
        var whole = _bytes;
        GiveUp();
        return whole;
    }

    private void Begin(NodeProtocol.Part part)
    {
        GiveUp();
        if (part.Length <= 0 || part.Length > maximumLength)
            throw new FormatException($"a message of {part.Length} bytes is larger than the largest of {maximumLength}");
        (_bytes, _number) = (new byte[part.Length], part.Number);
    }

    /// <summary>The rest of a message of which a part was lost arrives and has no use.</summary>
    private ReadOnlyMemory<byte>? GiveUp()
    {
        (_bytes, _number, _next, _filled) = ([], -1, 0, 0);
        return null;
    }
}
