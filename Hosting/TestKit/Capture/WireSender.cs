namespace ActorStack.TestKit.Capture;

/// <summary>The properties by which a capture tells the hosts apart that send segments of one connection.</summary>
/// <param name="Mac">The Ethernet address, the 48 lower bits; 0: unknown.</param>
/// <param name="HopLimit">IPv4 TTL or IPv6 hop limit; 0: unknown.</param>
/// <param name="Device">The index of the device that received the packet; 0: unknown.</param>
public readonly record struct WireSender(ulong Mac, byte HopLimit, int Device)
{
    /// <summary>For people: the properties that are known.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        if (Mac != 0) parts.Add("MAC " + string.Join(':', $"{Mac:x12}".Chunk(2).Select(digits => new string(digits))));
        if (HopLimit != 0) parts.Add($"TTL {HopLimit}");
        if (Device != 0) parts.Add($"device {Device}");
        return parts.Count == 0 ? "unknown" : string.Join(", ", parts);
    }
}
