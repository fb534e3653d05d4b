using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;
using Microsoft.Win32.SafeHandles;

namespace ActorStack.Transport.Links;

/// <summary>
/// A TUN device with virtio headers: segments of up to 64 KB cross it whole in both directions, and no payload is summed or
/// copied here. Opened in the network namespace of the calling thread; from then on any thread may use it.
/// </summary>
public sealed unsafe partial class TunLink : ILink
{
    private const int MaximumPacket = 65_535;
    private const int MinimumHeader = 40;
    private const int MaximumVectors = 64;
    private const nint TooManyPieces = -2;

    private readonly TunDevice _tun;
    private readonly SafeFileHandle _device;
    private readonly SafeFileHandle _wake;
    private readonly SystemControls _controls;
    private readonly HostGuard _guard;
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

    private TunLink(TunLinkSettings settings, TunDevice tun, SafeFileHandle wake, SystemControls controls)
    {
        _tun = tun;
        _device = tun.Handle;
        _wake = wake;
        _controls = controls;
        _spinTicks = (long)(settings.SpinTime.TotalSeconds * Stopwatch.Frequency);
        Name = settings.Name;
        Mtu = settings.Mtu;
        MaximumSegmentPayload = settings.SegmentationOffload ? MaximumPacket - PacketWriter.MaximumHeader : settings.Mtu - MinimumHeader;
        tun.Changed = Wake;
        _guard = new HostGuard(Name, new HostSetUp([.. tun.Parts, .. controls.Parts]), changes =>
        {
            if (tun.Lost is null) settings.HostChanged?.Invoke(changes); // else the receiver is told
        });
    }

    public string Name { get; }

    public int Mtu { get; }

    public int MaximumSegmentPayload { get; }

    public LinkStatistics Statistics => new(
        Volatile.Read(ref _framesReceived), Volatile.Read(ref _bytesReceived),
        Volatile.Read(ref _framesSent), Volatile.Read(ref _bytesSent), Volatile.Read(ref _sendDrops));

    /// <summary>
    /// Makes the device, brings it up, routes the addresses to it and lets the host forward packets. Needs
    /// <see cref="LinuxFeatures.TunLink"/>. Throws <see cref="LinuxException"/> that says what to do; nothing is then left
    /// behind. Forwarding goes back to what it was when the last link of the namespace is closed; everything else goes with the
    /// device. What something else takes away of it is put back. A device that cannot be made again ends the link: <see
    /// cref="Receive"/> throws.
    /// </summary>
    public static TunLink Open(TunLinkSettings settings)
    {
        var device = TunDevice.Open(settings);
        var controls = new SystemControls();
        try
        {
            // Frames sent back to the device come from addresses that are not behind it, perhaps this host's own: strict reverse
            // path filtering would drop them.
            controls.Ensure($"ipv4/conf/{settings.Name}/rp_filter", "2");
            controls.Ensure($"ipv4/conf/{settings.Name}/accept_local", "1");
            if (settings.Addresses.Any(address => !address.IsIPv6)) controls.Ensure("ipv4/ip_forward", "1");
            if (settings.Addresses.Any(address => address.IsIPv6)) controls.Ensure("ipv6/conf/all/forwarding", "1");
            var wake = Libc.eventfd(0, Libc.EventNonBlocking | Libc.EventCloseOnExec);
            return wake.IsInvalid
                ? throw LinuxException.FromLastError("making an eventfd")
                : new TunLink(settings, device, wake, controls);
        }
        catch (Exception)
        {
            controls.Dispose();
            device.Dispose();
            throw;
        }
    }

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
            fixed (byte* bytes = packet) Count(Libc.write(_device, bytes, (nuint)packet.Length), packet.Length - VirtioNetHeader.Size);
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

    public void Dispose()
    {
        if (_device.IsClosed) return;
        _guard.Dispose();
        Flush();
        using (_wake)
        using (_tun) _controls.Dispose();
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
