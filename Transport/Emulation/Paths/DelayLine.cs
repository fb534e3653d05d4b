using ActorStack.Transport.Links;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;
using Microsoft.Win32.SafeHandles;

namespace ActorStack.Transport.Emulation.Paths;

/// <summary>
/// One direction of the path emulator: takes frames from one device, asks the <see cref="PathModel"/> about every packet in them,
/// and gives what arrives to the other device when it is due. Payload is copied by the two system calls only.
/// </summary>
internal sealed unsafe class DelayLine
{
    /// <summary>Room for a 64 KB super-segment with its headers.</summary>
    private const int LargestFrame = 66 * 1024;

    private const int MaximumFrames = 1 << 17;
    private const int FramesAtOnce = 64;
    private const int Slack = 4 << 20;

    private readonly PathModel _model;
    private readonly FrameRing _frames;
    private readonly PacketSchedule _schedule = new(MaximumFrames);
    private readonly PathTap? _tap;
    private readonly byte[] _overflow = GC.AllocateUninitializedArray<byte>(LargestFrame, pinned: true);
    private long _overflows;

    /// <summary>Makes one direction of a path; its memory is reserved at once.</summary>
    /// <param name="impairments">What happens to its packets.</param>
    /// <param name="seed">All chance comes from it.</param>
    /// <param name="rules">For the packets of the first TCP connection, which is then traced too; null: neither.</param>
    public DelayLine(WireImpairments impairments, int seed, IReadOnlyList<PathRule>? rules)
    {
        _tap = rules is null ? null : new PathTap(rules);
        _model = new PathModel(impairments, seed);
        _frames = new FrameRing(SizeFor(impairments), LargestFrame, MaximumFrames);
    }

    /// <summary>When the next packet is due; null: none is on its way.</summary>
    public TimeSpan? NextDue => _schedule.TryPeek(out var packet) ? packet.At : null;

    public WireStatistics Statistics => _model.Statistics with { CapacityDrops = _overflows };

    public IReadOnlyList<TracedPacket>? Trace => _tap?.Trace;

    /// <summary>Takes what waits in the device, up to a bound. False: nothing waited.</summary>
    public bool Take(SafeFileHandle device, TimeSpan now)
    {
        for (var i = 0; i < FramesAtOnce; i++)
        {
            var isKept = _frames.TryReserve(out var room);
            var length = isKept ? Libc.read(device, room, LargestFrame) : ReadAway(device);
            if (length <= VirtioNetHeader.Size) return i > 0;
            if (isKept) Admit(new ReadOnlySpan<byte>(room, (int)length), now);
            else _overflows++;
        }

        return true;
    }

    /// <summary>Gives the device what is due. False: nothing was.</summary>
    public bool Deliver(SafeFileHandle device, TimeSpan now)
    {
        var isAny = false;
        while (_schedule.TryPeek(out var first) && first.At <= now)
        {
            _schedule.Take();
            var last = first;
            while (_schedule.TryPeek(out var next) && next.At <= now && next.Index == last.Index + 1 && last.JoinsTo(next))
            {
                _schedule.Take();
                last = next;
            }

            Write(device, first, last.Index + 1 - first.Index);
            _frames.Release(first.Frame, last.Index + 1 - first.Index);
            isAny = true;
        }

        return isAny;
    }

    /// <summary>What the path holds at most, for packets that fill their frames; without a limited line a guess.</summary>
    private static int SizeFor(WireImpairments path)
    {
        const int WithoutLine = 64 << 20;
        if (path.BitsPerSecond == 0) return WithoutLine;
        var time = path.Delay + path.Jitter + path.ReorderDelay;
        var onTheWire = path.BitsPerSecond / 8 * time.TotalSeconds;
        return (int)Math.Min(1.25 * (onTheWire + path.QueueBytes) + Slack, int.MaxValue / 2);
    }

    private nint ReadAway(SafeFileHandle device)
    {
        fixed (byte* bytes = _overflow) return Libc.read(device, bytes, LargestFrame);
    }

    private void Admit(ReadOnlySpan<byte> bytes, TimeSpan now)
    {
        var frame = FrameParser.Describe(bytes);
        var number = _frames.Add(frame, bytes.Length);
        var ecn = EcnField.Read(bytes[VirtioNetHeader.Size..]);
        var gone = 0;
        for (var index = 0; index < frame.Count; index++)
        {
            var fate = _model.Offer(frame.LengthOf(index), ecn, now);
            if (_tap is not null) fate = _tap.Inspect(bytes[VirtioNetHeader.Size..], frame, index, fate, now);
            if (!fate.IsDelivered)
            {
                gone++;
                continue;
            }

            var packet = new PathPacket(number, index, fate.At, fate.IsMarked, fate.CorruptBit);
            _schedule.Add(packet, fate.IsReordered);
            if (!fate.IsDuplicated) continue;
            _schedule.Add(packet, fate.IsReordered);
            _frames.Release(number, packets: -1);
        }

        _frames.Release(number, gone);
    }

    private void Write(SafeFileHandle device, in PathPacket first, int count)
    {
        ref readonly var frame = ref _frames[first.Frame];
        var bytes = new Span<byte>(_frames.BytesOf(frame), VirtioNetHeader.Size + frame.Length);
        if (frame.IsSegmented) WriteCut(device, bytes, frame, first, count);
        else WriteWhole(device, bytes, first);
    }

    private void WriteWhole(SafeFileHandle device, Span<byte> bytes, in PathPacket packet)
    {
        if (packet.IsMarked) EcnField.Mark(bytes[VirtioNetHeader.Size..]);
        if (packet.CorruptBit >= 0) PacketCorruption.Apply(bytes, packet.CorruptBit);
        fixed (byte* start = bytes) Count(Libc.write(device, start, (nuint)bytes.Length));
    }

    private void WriteCut(SafeFileHandle device, Span<byte> bytes, in PathFrame frame, in PathPacket first, int count)
    {
        if (first.CorruptBit >= 0)
        {
            WriteCorrupted(device, bytes, frame, first);
            return;
        }

        var headers = stackalloc byte[FrameCutter.MaximumHeaders];
        var length = FrameCutter.WriteHeaders(
            new Span<byte>(headers, FrameCutter.MaximumHeaders), bytes, frame, first.Index, count, first.IsMarked);
        fixed (byte* start = bytes)
        {
            var vectors = stackalloc Libc.IoVector[2];
            vectors[0] = new Libc.IoVector { Base = headers, Length = (nuint)length };
            vectors[1] = new Libc.IoVector
            {
                Base = start + VirtioNetHeader.Size + frame.HeaderLength + first.Index * frame.SegmentSize,
                Length = (nuint)frame.PayloadOf(first.Index, count),
            };
            Count(Libc.writev(device, vectors, 2));
        }
    }

    /// <summary>A packet of its own, so that its neighbours, and a duplicate of it, stay as they are.</summary>
    private void WriteCorrupted(SafeFileHandle device, ReadOnlySpan<byte> bytes, in PathFrame frame, in PathPacket packet)
    {
        var payload = frame.PayloadOf(packet.Index, 1);
        var copy = _overflow.AsSpan(0, VirtioNetHeader.Size + frame.HeaderLength + payload);
        var headers = FrameCutter.WriteHeaders(copy, bytes, frame, packet.Index, count: 1, packet.IsMarked);
        bytes.Slice(headers + packet.Index * frame.SegmentSize, payload).CopyTo(copy[headers..]);
        PacketCorruption.Apply(copy, packet.CorruptBit);
        fixed (byte* start = copy) Count(Libc.write(device, start, (nuint)copy.Length));
    }

    private void Count(nint written)
    {
        if (written < 0) _overflows++;
    }
}
