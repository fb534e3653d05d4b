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

    public LinkFrame this[int index] => _frames[index];

    /// <summary>Takes the frame over. Where the bound is reached, releases the frame and returns false.</summary>
    public bool TryAdd(in LinkFrame frame)
    {
        var whole = frame.Length >= WorthKeepingWhole;
        var packs = !whole && _pack is not null && FrameBuffer.Size - _packed >= frame.Length;
        if (_frames.Count == MaximumFrames || (!packs && _buffers.Count == MaximumBuffers))
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

    public void Release()
    {
        foreach (var buffer in _buffers) buffer.Release();
        _buffers.Clear();
        _frames.Clear();
        _pack = null;
    }

    private void StartPack()
    {
        _pack = FrameBuffer.Rent();
        _packed = 0;
        _buffers.Add(_pack);
    }
}
