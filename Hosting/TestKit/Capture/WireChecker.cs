using ActorStack.Transport.Wire;

namespace ActorStack.TestKit.Capture;

/// <summary>
/// Checks the connections of a capture that was made at the client: whoever runs the other end, and however often that changes,
/// the segments keep to <see cref="WireRule"/>. It reads packets one by one, and its memory is bounded for each connection but
/// for the times of the server's packets. One thread at a time.
/// </summary>
public sealed class WireChecker(WireCheckOptions options)
{
    private readonly Dictionary<FlowKey, ConnectionChecker> _open = [];
    private readonly List<ConnectionChecker> _all = [];
    private byte[] _whole = [];

    /// <summary>Packets that are no TCP segment, a fragment of one, or damaged. They are not checked.</summary>
    public long OtherPackets { get; private set; }

    /// <summary>The results until now, one for each connection, in the order of their first segments.</summary>
    public IReadOnlyList<WireReport> Reports => [.. _all.Select(checker => checker.Report())];

    /// <summary>Checks a whole capture, for example of a file.</summary>
    public static IReadOnlyList<WireReport> Check(IEnumerable<CapturedPacket> packets, WireCheckOptions options)
    {
        var checker = new WireChecker(options);
        foreach (var packet in packets) checker.Add(packet);
        return checker.Reports;
    }

    /// <summary>Checks the next packet.</summary>
    public void Add(in CapturedPacket packet)
    {
        // Segmentation and checksum offload leave checksums for the device, so that a capture does not have them.
        PacketReader.Read(Whole(packet), checksumVerified: true, segmentSize: 0, out var read);
        if (read.Kind is not PacketKind.Tcp)
        {
            OtherPackets++;
            return;
        }

        var missing = packet.Length - packet.Packet.Length;
        var captured = read.Tcp.Payload.Span[..Math.Max(0, read.Tcp.Payload.Length - missing)];
        var (checker, fromServer) = Find(read);
        checker.Check(packet, read.Tcp, captured, packet.Origin with { HopLimit = read.HopLimit }, fromServer);
    }

    /// <summary>Where the capture keeps only the beginning of packets, the missing bytes are zeros.</summary>
    private ReadOnlyMemory<byte> Whole(in CapturedPacket packet)
    {
        if (packet.Packet.Length == packet.Length) return packet.Packet;
        if (_whole.Length < packet.Length) _whole = new byte[packet.Length];
        packet.Packet.CopyTo(_whole);
        _whole.AsSpan(packet.Packet.Length, packet.Length - packet.Packet.Length).Clear();
        return _whole.AsMemory(0, packet.Length);
    }

    private (ConnectionChecker Checker, bool FromServer) Find(in IpPacket packet)
    {
        // The key of a connection is its flow as the server sees it: the packet's sender is the client.
        if (_open.TryGetValue(packet.Flow.Reversed, out var known)) return (known, true);
        if (_open.TryGetValue(packet.Flow, out known) && !known.IsNewConnection(packet.Tcp)) return (known, false);
        var fromServer = known is null && IsFromServer(packet);
        var key = fromServer ? packet.Flow.Reversed : packet.Flow;
        var created = new ConnectionChecker(options, client: key.Remote, server: key.Local);
        _open[key] = created;
        _all.Add(created);
        return (created, fromServer);
    }

    private bool IsFromServer(in IpPacket packet) => (packet.Tcp.Flags & (TcpFlags.Syn | TcpFlags.Ack)) switch
    {
        TcpFlags.Syn => false,
        TcpFlags.Syn | TcpFlags.Ack => true,
        _ => options.ServerPort is { } port
            ? packet.Flow.Remote.Port == port
            : packet.Flow.Remote.Port < packet.Flow.Local.Port,
    };
}
