namespace ActorStack.Transport.Wire;

/// <summary>Writes outgoing packets.</summary>
public static class PacketWriter
{
    /// <summary>IPv6 header, TCP header with all options.</summary>
    public const int MaximumHeader = 40 + 60;

    /// <summary>
    /// Writes the IP and TCP headers of <paramref name="segment"/>, whole payload counted in the lengths, and returns their length.
    /// With <see cref="ChecksumMode.Full"/> the payload is summed too.
    /// </summary>
    public static int WriteHeaders(Span<byte> destination, in OutboundSegment segment, ChecksumMode checksum) =>
        throw new NotImplementedException();
}
