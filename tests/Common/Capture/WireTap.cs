using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;

namespace ActorStack.Tests.Common.Capture;

/// <summary>
/// Records the TCP segments that arrive on a device of a network namespace, as they are on the wire: the kernel hands a packet
/// over together with the segment size that its sender asked for, into which the device would cut it.
/// </summary>
public sealed class WireTap : IDisposable
{
    private const int LevelPacket = 263;
    private const int PacketStatistics = 6;
    private const int PacketVirtioHeader = 15;
    private const int PacketIgnoreOutgoing = 23;
    private const int EthernetHeader = 14;
    private const int MaximumFrame = 66 * 1024;
    private const int QueueBytes = 64 << 20;

    private readonly Socket _socket;
    private readonly byte[] _frame = new byte[VirtioNetHeader.Size + EthernetHeader + MaximumFrame];

    public WireTap(NetworkNamespace place, string device)
    {
        _socket = place.Run(() => new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)DeviceEndPoint.EveryProtocol));
        _socket.SetRawSocketOption(LevelPacket, PacketVirtioHeader, BitConverter.GetBytes(1));
        _socket.SetRawSocketOption(LevelPacket, PacketIgnoreOutgoing, BitConverter.GetBytes(1));
        _socket.SetRawSocketOption(SocketOption.LevelSocket, SocketOption.ReceiveBufferForce, BitConverter.GetBytes(QueueBytes));
        _socket.Bind(DeviceEndPoint.Of(place, device));
        _socket.Blocking = false;
        Take();
    }

    /// <summary>What arrived since the last call. Throws where the kernel had to drop something of it.</summary>
    public IReadOnlyList<WireSegment> Take()
    {
        var segments = new List<WireSegment>();
        while (true)
        {
            var length = _socket.Receive(_frame, SocketFlags.None, out var error);
            if (error is SocketError.WouldBlock) break;
            if (error is not SocketError.Success) throw new SocketException((int)error);
            if (Read(_frame.AsMemory(0, length)) is { } segment) segments.Add(segment);
        }

        Span<int> statistics = stackalloc int[2]; // struct tpacket_stats: packets, drops
        _socket.GetRawSocketOption(LevelPacket, PacketStatistics, MemoryMarshal.AsBytes(statistics));
        if (statistics[1] > 0) throw new InvalidOperationException($"the capture lost {statistics[1]} packets");
        return segments;
    }

    public void Dispose() => _socket.Dispose();

    private static WireSegment? Read(ReadOnlyMemory<byte> frame)
    {
        const int Prefix = VirtioNetHeader.Size + EthernetHeader;
        if (frame.Length < Prefix) return null;
        var offload = MemoryMarshal.Read<VirtioNetHeader>(frame.Span);
        PacketReader.Read(frame[Prefix..], checksumVerified: true, offload.GsoSize, out var packet);
        if (packet.Kind is not PacketKind.Tcp) return null;
        var text = packet.Tcp.Payload.Length;
        var headers = IpLength(frame.Span[Prefix..]) - text;
        var largest = offload.IsMerged ? Math.Min(text, offload.GsoSize) : text;
        return new WireSegment(packet.Flow.Reversed, packet.Tcp.Sequence, text, largest, headers);
    }

    // A short Ethernet frame has padding behind its packet.
    private static int IpLength(ReadOnlySpan<byte> packet) => packet[0] >> 4 == 6
        ? IPv6Layout.Length + BinaryPrimitives.ReadUInt16BigEndian(packet[IPv6Layout.PayloadLength..])
        : BinaryPrimitives.ReadUInt16BigEndian(packet[IPv4Layout.TotalLength..]);
}
