namespace ActorStack.Transport.Wire;

/// <summary>Offsets of the IPv6 header (RFC 8200 section 3) and of its extension headers (section 4).</summary>
internal static class IPv6Layout
{
    public const int PayloadLength = 4;
    public const int NextHeader = 6;
    public const int HopLimit = 7;
    public const int Source = 8;
    public const int Destination = 24;
    public const int Length = 40;

    public const int ExtensionLength = 1;
    public const int SegmentsLeft = 3;
    public const int FragmentOffset = 2;
    public const int FragmentIdentification = 4;
    public const int FragmentLength = 8;

    /// <summary>More fragments, or an offset that is not 0.</summary>
    public const ushort FragmentMask = 0xFFF9;

    /// <summary>No packet of use has more; the bound keeps the work per packet small.</summary>
    public const int MaximumExtensions = 8;
}
