namespace ActorStack.Transport.Wire;

/// <summary>Offsets of the IPv4 header (RFC 791 section 3.1).</summary>
internal static class IPv4Layout
{
    public const int TrafficClass = 1;
    public const int TotalLength = 2;
    public const int Identification = 4;
    public const int Fragment = 6;
    public const int TimeToLive = 8;
    public const int Protocol = 9;
    public const int Checksum = 10;
    public const int Source = 12;
    public const int Destination = 16;
    public const int Length = 20;

    public const ushort DontFragment = 0x4000;

    public const ushort MoreFragments = 0x2000;

    /// <summary>More fragments, or an offset that is not 0.</summary>
    public const ushort FragmentMask = 0x3FFF;

    public const ushort FragmentOffsetMask = 0x1FFF;
}
