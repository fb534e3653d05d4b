using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Migration;

/// <summary>
/// Late segments: frames that reached the old owner after the freeze, held in order for the new owner. Small frames are packed
/// together, because a buffer of 66 KB for each would waste memory. The held bytes are bounded.
/// </summary>
internal sealed class HeldFrames
{
    /// <summary>17 MB: four times the largest receive window that <c>ConnectionBufferOptions</c> gives by default.</summary>
    private const int MaximumBuffers = 256;

    private const int MaximumFrames = 65_536;
    private const int WorthKeepingWhole = FrameBuffer.Size / 2;

    private readonly List<LinkFrame> _frames = [];
    private readonly List<FrameBuffer> _buffers = [];
    private FrameBuffer? _pack;
    private int _packed;

    public int Count => _frames.Count;

    /// <summary>The frames that were taken and then dropped, before the first one that is held.</summary>
    public long Dropped { get; private set; }

    private bool IsFull => _frames.Count == MaximumFrames || _buffers.Count == MaximumBuffers;

    public LinkFrame this[int index] => _frames[index];

    /// <summary>Takes the frame over. Where the bound is reached, releases the frame and returns false.</summary>
    public bool TryAdd(in LinkFrame frame)
    {
        var whole = frame.Length >= WorthKeepingWhole;
        var packs = !whole && _pack is not null && FrameBuffer.Size - _packed >= frame.Length;
        if (IsFull && (!packs || _frames.Count == MaximumFrames))
        {
            frame.Buffer.Release();
            return false;
        }

        if (whole)
        {
            _buffers.Add(frame.Buffer);
            _frames.Add(frame);
            return true;
        }

        if (!packs) StartPack();
        frame.Packet.CopyTo(_pack!.Bytes.AsMemory(_packed));
        _frames.Add(frame with { Buffer = _pack, Offset = _packed });
        _packed += frame.Length;
        frame.Buffer.Release();
        return true;
    }

    /// <summary>
    /// Takes the frame over. Where the bound is reached, drops the older half of the frames for it, and again where the other
    /// half needs all the buffers.
    /// </summary>
    public void AddNewest(in LinkFrame frame)
    {
        while (IsFull) DropFirst((_frames.Count + 1) / 2);
        TryAdd(frame);
    }

    /// <summary>Drops so many of the oldest frames.</summary>
    public void DropFirst(int count)
    {
        Dropped += count;
        _frames.RemoveRange(0, count);
        var needed = _frames.Select(frame => frame.Buffer).ToHashSet();
        foreach (var buffer in _buffers.Where(buffer => !needed.Contains(buffer))) buffer.Release();
        _buffers.RemoveAll(buffer => !needed.Contains(buffer));
        if (_pack is { } pack && !needed.Contains(pack)) _pack = null;
    }

    /// <summary>
    /// Puts the segments in the order of their sequence numbers. While the way of a flow changes, segments overtake each other,
    /// and the peer would take the disorder for a loss (RFC 8985). Segments with the same number keep their order,
    /// and what is no segment comes first.
    /// </summary>
    public void SortBySequence()
    {
        var first = _frames.Select(frame => SequenceOf(frame)).FirstOrDefault(sequence => sequence is not null);
        var sorted = _frames.OrderBy(frame => SequenceOf(frame) - first ?? int.MinValue).ToList();
        _frames.Clear();
        _frames.AddRange(sorted);
    }

    public void Release()
    {
        foreach (var buffer in _buffers) buffer.Release();
        _buffers.Clear();
        _frames.Clear();
        _pack = null;
    }

    /// <summary>The sequence number of a segment; null where the frame holds none.</summary>
    private static SequenceNumber? SequenceOf(in LinkFrame frame)
    {
        PacketReader.Read(frame.Packet, checksumVerified: true, frame.SegmentSize, out var packet);
        return packet.Kind is PacketKind.Tcp ? packet.Tcp.Sequence : null;
    }

    private void StartPack()
    {
        _pack = FrameBuffer.Rent();
        _packed = 0;
        _buffers.Add(_pack);
    }
}
