using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;
using Microsoft.Win32.SafeHandles;

namespace ActorStack.Transport.Links;

/// <summary>One queue of a TUN device, which one thread reads. Any thread may send.</summary>
internal sealed unsafe partial class TunQueue : ILink
{
    private const int MaximumPacket = 65_535;
    private const int MinimumHeader = 40;
    private const int MaximumVectors = 64;
    private const nint TooManyPieces = -2;

    private readonly TunDevice _tun;
    private readonly SafeFileHandle _device;
    private readonly SafeFileHandle _wake;
    private readonly long _spinTicks;
    private readonly SegmentBatch _batch = new();

    // A frame the spinning wait has already read, and the buffer for the next one: touched by the receiving thread only.
    private LinkFrame _ready;
    private bool _hasReady;
    private FrameBuffer? _spare;

    private int _sleeping;
    private int _woken;

    private long _framesReceived;
    private long _bytesReceived;
    private long _framesSent;
    private long _bytesSent;
    private long _sendDrops;

    public TunQueue(TunLinkSettings settings, TunDevice tun, SafeFileHandle device)
    {
        _tun = tun;
        _device = device;
        _wake = Libc.eventfd(0, Libc.EventNonBlocking | Libc.EventCloseOnExec);
        if (_wake.IsInvalid) throw LinuxException.FromLastError("making an eventfd");
        _spinTicks = (long)(settings.SpinTime.TotalSeconds * Stopwatch.Frequency);
        Name = settings.Name;
        Mtu = settings.Mtu;
        MaximumSegmentPayload = settings.SegmentationOffload
            ? MaximumPacket - PacketWriter.MaximumHeader
            : settings.Mtu - MinimumHeader;
    }

    public string Name { get; }

    public int Mtu { get; }

    public int MaximumSegmentPayload { get; }

    public LinkStatistics Statistics => new(
        Volatile.Read(ref _framesReceived), Volatile.Read(ref _bytesReceived),
        Volatile.Read(ref _framesSent), Volatile.Read(ref _bytesSent), Volatile.Read(ref _sendDrops));

    public int Receive(Span<LinkFrame> frames)
    {
        if (_tun.Lost is { } lost) throw lost;
        var count = 0;
        if (_hasReady && frames.Length > 0)
        {
            frames[count++] = _ready;
            _ready = default;
            _hasReady = false;
        }

        while (count < frames.Length && TryRead(out frames[count])) count++;
        return count;
    }

    public void Send(in OutboundSegment segment)
    {
        var buffer = stackalloc byte[VirtioNetHeader.Size + PacketWriter.MaximumHeader];
        var headers = PacketWriter.WriteHeaders(
            new Span<byte>(buffer + VirtioNetHeader.Size, PacketWriter.MaximumHeader), segment, ChecksumMode.Partial);
        VirtioNetHeader.For(segment, headers).Write(new Span<byte>(buffer, VirtioNetHeader.Size));

        var vectors = stackalloc Libc.IoVector[MaximumVectors];
        vectors[0] = new Libc.IoVector { Base = buffer, Length = (nuint)(VirtioNetHeader.Size + headers) };
        var rest = segment.Payload.GetEnumerator();
        var written = Write(ref rest, vectors, 1);
        Count(written == TooManyPieces ? WriteCopied(segment.Payload, vectors) : written, headers + segment.Payload.Length);
    }

    public void SendBuffered(in OutboundSegment segment)
    {
        if (segment.Payload.Length > SegmentBatch.LargestPayload)
        {
            Flush();
            Send(segment);
            return;
        }

        _batch.Add(segment);
        if (_batch.IsFull) Flush();
    }

    public void Flush()
    {
        for (var i = 0; i < _batch.Count; i++)
        {
            var packet = _batch[i];
            fixed (byte* bytes = packet)
                Count(Libc.write(_device, bytes, (nuint)packet.Length), packet.Length - VirtioNetHeader.Size);
        }

        _batch.Clear();
    }

    public void SendFrame(in LinkFrame frame)
    {
        // A checksum the link vouched for may never have been computed; any other is the kernel's to verify.
        var header = frame.ChecksumVerified
            ? VirtioNetHeader.Prepare(frame.Buffer.Bytes.AsSpan(frame.Offset, frame.Length), frame.SegmentSize)
            : default;
        fixed (byte* packet = frame.Buffer.Bytes)
        {
            var vectors = stackalloc Libc.IoVector[2];
            vectors[0] = new Libc.IoVector { Base = &header, Length = VirtioNetHeader.Size };
            vectors[1] = new Libc.IoVector { Base = packet + frame.Offset, Length = (nuint)frame.Length };
            Count(Libc.writev(_device, vectors, 2), frame.Length);
        }
    }

    /// <summary>The descriptor goes with the device.</summary>
    public void Dispose()
    {
        if (_wake.IsClosed) return;
        Flush();
        _wake.Dispose();
    }

    // Each level of the recursion pins one piece of the payload for the length of the call, without a handle.
    private nint Write(ref ReadOnlySequence<byte>.Enumerator rest, Libc.IoVector* vectors, int count)
    {
        if (!rest.MoveNext()) return Libc.writev(_device, vectors, count);
        if (count == MaximumVectors) return TooManyPieces;
        fixed (byte* piece = rest.Current.Span)
        {
            vectors[count] = new Libc.IoVector { Base = piece, Length = (nuint)rest.Current.Length };
            return Write(ref rest, vectors, count + 1);
        }
    }

    private nint WriteCopied(in ReadOnlySequence<byte> payload, Libc.IoVector* vectors)
    {
        var buffer = FrameBuffer.Rent();
        fixed (byte* bytes = buffer.Bytes)
        {
            payload.CopyTo(buffer.Bytes);
            vectors[1] = new Libc.IoVector { Base = bytes, Length = (nuint)payload.Length };
            var written = Libc.writev(_device, vectors, 2);
            buffer.Release();
            return written;
        }
    }

    private bool TryRead(out LinkFrame frame)
    {
        var buffer = _spare ?? FrameBuffer.Rent();
        nint length;
        fixed (byte* bytes = buffer.Bytes) length = Libc.read(_device, bytes, FrameBuffer.Size);
        if (length <= VirtioNetHeader.Size)
        {
            // EAGAIN for the most part; a device that went away is not readable before it is made again.
            _spare = buffer;
            frame = default;
            return false;
        }

        _spare = null;
        var header = VirtioNetHeader.Read(buffer.Bytes);
        frame = new LinkFrame(
            buffer, VirtioNetHeader.Size, (int)length - VirtioNetHeader.Size, header.IsChecksumVerified,
            header.IsMerged ? header.GsoSize : (ushort)0);
        _framesReceived++;
        _bytesReceived += frame.Length;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Count(nint written, long packet)
    {
        if (written < 0)
        {
            Interlocked.Increment(ref _sendDrops);
            return;
        }

        Interlocked.Increment(ref _framesSent);
        Interlocked.Add(ref _bytesSent, packet);
    }
}
