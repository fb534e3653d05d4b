using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ActorStack.TestKit.Capture;
using ActorStack.Transport.Linux;

namespace ActorStack.Tests.Common.Capture;

/// <summary>
/// Records the packets of a device of a network namespace in both directions, with the kernel's timestamps, and gives each to a
/// consumer on a thread of its own. Packets come as the device gets them: with segmentation offload one packet is several
/// segments.
/// </summary>
public sealed unsafe class PacketRecorder : IDisposable
{
    private const int LevelPacket = 263;
    private const int PacketStatistics = 6;
    private const int QueueBytes = 128 << 20;
    private const int MaximumFrame = 256 * 1024;
    private const uint GetTimestamp = 0x8907; // SIOCGSTAMPNS
    private const ushort NoHardware = 0xFFFE; // ARPHRD_NONE, as TUN devices have it
    private const int Outgoing = 4; // PACKET_OUTGOING
    private static readonly TimeSpan StopLatency = TimeSpan.FromMilliseconds(50);

    private readonly Socket _socket;
    private readonly Action<CapturedPacket> _consume;
    private readonly Thread _thread;
    private volatile bool _isStopping;
    private Exception? _failure;

    /// <param name="place">The namespace.</param>
    /// <param name="device">The name of the device.</param>
    /// <param name="consume">Gets each packet; its bytes are valid during the call.</param>
    public PacketRecorder(NetworkNamespace place, string device, Action<CapturedPacket> consume)
    {
        _consume = consume;
        _socket = place.Run(() => new Socket(
            AddressFamily.Packet, SocketType.Raw, (ProtocolType)DeviceEndPoint.EveryProtocol));
        _socket.SetRawSocketOption(SocketOption.LevelSocket, SocketOption.ReceiveBufferForce, BitConverter.GetBytes(QueueBytes));
        ReadTimestamp(); // From the first call on the kernel stamps packets.
        _socket.Bind(DeviceEndPoint.Of(place, device));
        _thread = new Thread(Record) { IsBackground = true, Name = $"recorder of {device}" };
        _thread.Start();
    }

    /// <summary>
    /// Waits until the packets so far are consumed, and ends. Throws where the kernel had to drop packets, or where the consumer
    /// threw.
    /// </summary>
    public void Stop()
    {
        _isStopping = true;
        _thread.Join();
        if (_failure is not null) throw new InvalidOperationException("The recording failed.", _failure);
        Span<int> statistics = stackalloc int[2]; // struct tpacket_stats: packets, drops
        _socket.GetRawSocketOption(LevelPacket, PacketStatistics, MemoryMarshal.AsBytes(statistics));
        if (statistics[1] > 0) throw new InvalidOperationException($"The capture lost {statistics[1]} packets.");
    }

    public void Dispose()
    {
        _isStopping = true;
        _thread.Join();
        _socket.Dispose();
    }

    private void Record()
    {
        try
        {
            var frame = new byte[MaximumFrame];
            var address = new SocketAddress(AddressFamily.Packet, SocketAddress.GetMaximumAddressSize(AddressFamily.Packet));
            var room = address.Size;
            for (long number = 1; ;)
            {
                if (_socket.Poll(StopLatency, SelectMode.SelectRead))
                {
                    address.Size = room;
                    var length = _socket.ReceiveFrom(frame, SocketFlags.None, address);
                    Consume(number++, frame.AsMemory(0, length), address.Buffer.Span);
                }
                else if (_isStopping)
                {
                    return;
                }
            }
        }
        catch (Exception error)
        {
            _failure = error;
        }
    }

    private void Consume(long number, ReadOnlyMemory<byte> frame, ReadOnlySpan<byte> address)
    {
        var link = MemoryMarshal.Read<ushort>(address[8..]) == NoHardware ? LinkLayer.Raw : LinkLayer.Ethernet;
        var packet = LinkLayer.Strip(link, frame, out var origin);
        if (packet.IsEmpty) return;
        var isOutgoing = address[10] == Outgoing;
        var device = isOutgoing ? 0 : MemoryMarshal.Read<int>(address[4..]);
        _consume(new CapturedPacket(number, ReadTimestamp(), origin with { Device = device }, packet, packet.Length));
    }

    /// <summary>The time of the packet that was received last.</summary>
    private DateTimeOffset ReadTimestamp()
    {
        Span<long> time = stackalloc long[2]; // struct timespec
        fixed (long* address = time)
        {
            if (Libc.ioctl(_socket.SafeHandle, GetTimestamp, address) != 0) return DateTimeOffset.UtcNow; // ENOENT: none yet
        }

        return DateTimeOffset.UnixEpoch + TimeSpan.FromTicks(
            time[0] * TimeSpan.TicksPerSecond + time[1] / TimeSpan.NanosecondsPerTick);
    }
}
