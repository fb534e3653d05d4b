using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ActorStack.Transport.Linux;

namespace ActorStack.Tests.Common.Capture;

/// <summary>All protocols of a device, as a packet socket is bound to them: <c>struct sockaddr_ll</c>.</summary>
/// <param name="index">The index of the device.</param>
internal sealed class DeviceEndPoint(int index) : EndPoint
{
    /// <summary>The size of <c>struct sockaddr_ll</c>, bytes.</summary>
    private const int Size = 20;

    /// <summary>ETH_P_ALL, in network byte order.</summary>
    public static ushort EveryProtocol => BinaryPrimitives.ReverseEndianness((ushort)3);

    public override AddressFamily AddressFamily => AddressFamily.Packet;

    /// <summary>The device of this name in the namespace.</summary>
    public static DeviceEndPoint Of(NetworkNamespace place, string device) =>
        new(int.Parse(place.Ip("-o", "link", "show", "dev", device).Split(':')[0]));

    public override SocketAddress Serialize()
    {
        var address = new SocketAddress(AddressFamily.Packet, Size);
        BinaryPrimitives.WriteUInt16BigEndian(address.Buffer.Span[2..], 3);
        MemoryMarshal.Write(address.Buffer.Span[4..], index);
        return address;
    }
}
