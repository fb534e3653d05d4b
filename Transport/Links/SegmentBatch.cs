using System.Buffers;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Links;

/// <summary>
/// Small segments, as packets with their virtio headers, that leave together. Each that a device gets alone wakes its receiver
/// alone, which costs more than all else.
/// </summary>
internal sealed class SegmentBatch
{
    /// <summary>
    /// The largest payload of a segment in the batch, bytes: to copy that much costs little beside the system call.
    /// </summary>
    public const int LargestPayload = 256;

    /// <summary>The batch is small, so that the receiver works while the sender does.</summary>
    private const int Capacity = 8;

    private const int Slot = VirtioNetHeader.Size + PacketWriter.MaximumHeader + LargestPayload;

    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(Capacity * Slot, pinned: true);
    private readonly int[] _lengths = new int[Capacity];

    public int Count { get; private set; }

    public bool IsFull => Count == Capacity;

    /// <summary>The packets; valid until the next <see cref="Add"/>.</summary>
    public ReadOnlySpan<byte> this[int index] => _bytes.AsSpan(index * Slot, _lengths[index]);

    /// <param name="segment">With <see cref="LargestPayload"/> bytes at most. The batch is not full.</param>
    public void Add(in OutboundSegment segment)
    {
        var slot = _bytes.AsSpan(Count * Slot, Slot);
        var headers = PacketWriter.WriteHeaders(slot[VirtioNetHeader.Size..], segment, ChecksumMode.Partial);
        VirtioNetHeader.For(segment, headers).Write(slot);
        segment.Payload.CopyTo(slot[(VirtioNetHeader.Size + headers)..]);
        _lengths[Count++] = VirtioNetHeader.Size + headers + (int)segment.Payload.Length;
    }

    public void Clear() => Count = 0;
}
