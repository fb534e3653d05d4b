using System.Runtime.CompilerServices;

namespace ActorStack.Transport.Emulation.Paths;

/// <summary>
/// Memory for the frames on a path, claimed once. Frames lie one behind the other, each in one piece, and their room is free
/// again when all packets of the oldest are gone.
/// </summary>
internal sealed unsafe class FrameRing
{
    private readonly byte[] _memory;
    private readonly byte* _bytes;
    private readonly int _largest;
    private readonly PathFrame[] _frames;
    private long _oldest;
    private long _next;
    private int _end;

    /// <param name="size">Bytes of all frames together.</param>
    /// <param name="largest">Bytes of the largest frame.</param>
    /// <param name="frames">Frames at most, a power of 2.</param>
    public FrameRing(int size, int largest, int frames)
    {
        _memory = GC.AllocateUninitializedArray<byte>(size, pinned: true);
        _bytes = (byte*)Unsafe.AsPointer(ref _memory[0]);
        _largest = largest;
        _frames = new PathFrame[frames];
    }

    public ref PathFrame this[long number] => ref _frames[number & (_frames.Length - 1)];

    /// <summary>The first byte of a frame.</summary>
    public byte* BytesOf(in PathFrame frame) => _bytes + frame.Offset;

    /// <summary>
    /// Room for the largest frame; false where there is none. What is written there is kept by <see cref="Add"/> only.
    /// </summary>
    public bool TryReserve(out byte* room)
    {
        var isEmpty = _next == _oldest;
        if (isEmpty) _end = 0;
        var start = isEmpty ? 0 : this[_oldest].Offset;
        var isWrapped = !isEmpty && _end <= start;
        if (!isWrapped && _memory.Length - _end < _largest && start >= _largest) (_end, isWrapped) = (0, true);
        room = _bytes + _end;
        return _next - _oldest < _frames.Length && (isWrapped ? start : _memory.Length) - _end >= _largest;
    }

    /// <summary>Keeps the frame written to the reserved room, for <paramref name="frame"/>'s number of packets.</summary>
    public long Add(PathFrame frame, int length)
    {
        frame.Offset = _end;
        _end += length;
        this[_next] = frame;
        return _next++;
    }

    /// <summary>Packets of a frame are gone.</summary>
    public void Release(long number, int packets)
    {
        this[number].Packets -= packets;
        while (_oldest < _next && this[_oldest].Packets == 0) _oldest++;
    }
}
