using System.Buffers.Binary;
using ActorStack.TestKit.Capture;

namespace ActorStack.Tests.Common.Capture;

/// <summary>The link layers of captures (the values of LINKTYPE in pcap files).</summary>
internal static class LinkLayer
{
    public const uint Ethernet = 1;
    public const uint Raw = 101;
    public const uint Cooked = 113; // LINUX_SLL
    public const uint Cooked2 = 276; // LINUX_SLL2, of `tcpdump -i any`

    private const int EthernetHeader = 14;
    private const int VlanTag = 4;
    private const int CookedHeader = 16;
    private const int Cooked2Header = 20;
    private const ushort Vlan = 0x8100;

    public static bool IsKnown(uint type) => type is Ethernet or Raw or Cooked or Cooked2;

    /// <summary>
    /// Finds the IP packet in a frame. An empty packet: the frame carries something else, or is too short.
    /// </summary>
    public static ReadOnlyMemory<byte> Strip(uint type, ReadOnlyMemory<byte> frame, out WireSender origin)
    {
        var bytes = frame.Span;
        origin = default;
        var header = type switch
        {
            Ethernet => HasTag(bytes) ? EthernetHeader + VlanTag : EthernetHeader,
            Cooked => CookedHeader,
            Cooked2 => Cooked2Header,
            _ => 0,
        };
        if (frame.Length <= header) return default;
        origin = type switch
        {
            Ethernet => new WireSender(Mac(bytes[6..]), 0, 0),
            Cooked => new WireSender(Mac(bytes[6..]), 0, 0),
            Cooked2 => new WireSender(Mac(bytes[12..]), 0, BinaryPrimitives.ReadInt32BigEndian(bytes[4..])),
            _ => default,
        };
        return bytes[header] >> 4 is 4 or 6 ? frame[header..] : default;
    }

    private static bool HasTag(ReadOnlySpan<byte> frame) =>
        frame.Length >= EthernetHeader && BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == Vlan;

    private static ulong Mac(ReadOnlySpan<byte> bytes) =>
        (ulong)BinaryPrimitives.ReadUInt16BigEndian(bytes) << 32 | BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]);
}
