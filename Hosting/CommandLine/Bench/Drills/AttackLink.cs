using System.Buffers;
using System.Buffers.Binary;
using ActorStack.CommandLine.Lab;
using ActorStack.Transport.Links;
using ActorStack.Transport.Wire;

namespace ActorStack.CommandLine.Bench.Drills;

/// <summary>
/// The attacker: a TUN device behind the clients' host, to which a network of its own is routed. What it writes goes on to the
/// service with whatever source it says, the client's own included; answers to its network come back.
/// </summary>
internal sealed class AttackLink : IDisposable
{
    public const ushort Mss = 1400;
    private const string Network = "10.66.0.0/16";
    private const string NetworkV6 = "fd00:66::/64";

    private readonly TunLink _link;
    private readonly LinkFrame[] _frames = new LinkFrame[64];
    private readonly FrameBuffer _scratch = FrameBuffer.Rent();

    public AttackLink(Laboratory lab)
    {
        lab.Client.EnableForwarding();
        _link = lab.Client.Run(() => TunLink.Open(new TunLinkSettings("atk0", [])));
        lab.Client.Ip("route", "add", Network, "dev", "atk0");
        lab.Client.Ip("route", "add", NetworkV6, "dev", "atk0");
        lab.Server.AddRoute(Network, Laboratory.ClientAddress);
        lab.Server.AddRoute(NetworkV6, Laboratory.ClientAddressV6);
    }

    /// <summary>Writes what follows a header and returns its length.</summary>
    public delegate int WritePayload(Span<byte> destination);

    public static IpAddress Service { get; } = IpAddress.Parse(Laboratory.VirtualAddress);

    public static IpAddress ServiceV6 { get; } = IpAddress.Parse(Laboratory.VirtualAddressV6);

    public long Sent { get; private set; }

    /// <summary>An address of the attacker's network.</summary>
    public static IpAddress Source(int host) => IpAddress.Read([10, 66, (byte)(host >> 8), (byte)host]);

    public static IpAddress SourceV6(int host) =>
        IpAddress.Read(
            [0xfd, 0, 0, 0x66, 0, 0, 0, 0, 0, 0, 0, 0, (byte)(host >> 24), (byte)(host >> 16), (byte)(host >> 8), (byte)host]);

    /// <summary>A flow from anywhere in the attacker's network, one in four over IPv6.</summary>
    public static FlowKey Spoof(Random random, ushort port) => random.Next(4) == 0
        ? new FlowKey(
            new TcpEndpoint(SourceV6(random.Next()), (ushort)random.Next(1024, 65_536)), new TcpEndpoint(ServiceV6, port))
        : new FlowKey(
            new TcpEndpoint(Source(random.Next(1, 65_535)), (ushort)random.Next(1024, 65_536)), new TcpEndpoint(Service, port));

    public void Send(
        in FlowKey flow, TcpFlags flags, SequenceNumber sequence, SequenceNumber acknowledgment, ushort window = ushort.MaxValue,
        ReadOnlyMemory<byte> payload = default, TcpOptions options = default)
    {
        var segment = new OutboundSegment
        {
            Flow = flow,
            Flags = flags,
            Sequence = sequence,
            Acknowledgment = acknowledgment,
            Window = window,
            Options = options,
            HopLimit = 64,
            Payload = new ReadOnlySequence<byte>(payload),
            MaximumPayload = payload.Length,
        };
        _link.Send(segment);
        Sent++;
    }

    /// <summary>A whole packet: <paramref name="write"/> writes what follows the IPv4 header and returns its length.</summary>
    public void SendIPv4(in IpAddress source, byte protocol, ushort identification, ushort fragment, WritePayload write)
    {
        var packet = _scratch.Bytes.AsSpan();
        var length = write(packet[IPv4Layout.Length..]);
        IpHeaderWriter.Write(packet, source, Service, protocol, hopLimit: 64, trafficClass: 0, length);
        BinaryPrimitives.WriteUInt16BigEndian(packet[IPv4Layout.Identification..], identification);
        BinaryPrimitives.WriteUInt16BigEndian(packet[IPv4Layout.Fragment..], fragment);
        packet.Slice(IPv4Layout.Checksum, sizeof(ushort)).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(packet[IPv4Layout.Checksum..], Checksum.Compute(packet[..IPv4Layout.Length]));
        _link.SendFrame(new LinkFrame(_scratch, 0, IPv4Layout.Length + length, ChecksumVerified: false, SegmentSize: 0));
        Sent++;
    }

    /// <summary>Takes the answers that are there.</summary>
    public void Drain(Attack attack)
    {
        for (int count; (count = _link.Receive(_frames)) > 0;)
        {
            for (var i = 0; i < count; i++)
            {
                PacketReader.Read(_frames[i].Packet, checksumVerified: true, _frames[i].SegmentSize, out var packet);
                if (packet.Kind == PacketKind.Tcp) attack.OnSegment(packet.Flow, packet.Tcp);
                _frames[i].Buffer.Release();
            }
        }
    }

    /// <summary>Waits for answers, at most so long.</summary>
    public void Wait(TimeSpan most) => _link.Wait(most < TimeSpan.Zero ? TimeSpan.Zero : most);

    public void Dispose() => _link.Dispose();
}
