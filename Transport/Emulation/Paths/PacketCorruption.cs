using System.Buffers.Binary;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Emulation.Paths;

/// <summary>
/// A flipped bit that the receiver can find: the packet's checksum is made whole first, and nobody vouches for it any more.
/// </summary>
internal static class PacketCorruption
{
    /// <param name="bytes">One packet, virtio header first.</param>
    /// <param name="bit">Counted from the packet's first.</param>
    public static void Apply(Span<byte> bytes, int bit)
    {
        var header = VirtioNetHeader.Read(bytes);
        var packet = bytes[VirtioNetHeader.Size..];
        var field = header.ChecksumStart + header.ChecksumOffset;
        if ((header.Flags & VirtioNetHeader.NeedsChecksum) != 0 && field + sizeof(ushort) <= packet.Length)
        {
            // The field holds the pseudo-header's sum, so that the sum over all is the one over both.
            BinaryPrimitives.WriteUInt16BigEndian(packet[field..], Checksum.Compute(packet[header.ChecksumStart..]));
        }

        default(VirtioNetHeader).Write(bytes);
        packet[bit / 8] ^= (byte)(1 << (bit % 8));
    }
}
