namespace ActorStack.TestKit.Capture;

/// <summary>An IP packet of a capture.</summary>
/// <param name="Number">The position in the capture, counted from 1, as Wireshark counts.</param>
/// <param name="Time">The time of the capture.</param>
/// <param name="Origin">The link-layer sender; its time to live is not filled in.</param>
/// <param name="Packet">The captured bytes, from the IP header on; valid until the next packet is read.</param>
/// <param name="Length">The length of the packet on the wire, bytes; greater than <paramref name="Packet"/> where the capture
/// keeps only the beginning.</param>
public readonly record struct CapturedPacket(
    long Number, DateTimeOffset Time, WireSender Origin, ReadOnlyMemory<byte> Packet, int Length);
