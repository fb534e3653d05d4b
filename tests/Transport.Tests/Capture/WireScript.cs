using System.Buffers;
using ActorStack.TestKit.Capture;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Capture;

/// <summary>
/// Makes the capture of a connection, one packet a millisecond. Sequence numbers are given relative to the SYN; the byte at a
/// position follows from the position.
/// </summary>
internal sealed class WireScript
{
    public const int ClientScale = 3;
    public const int ServerScale = 7;
    public const uint ServerIss = uint.MaxValue - 1500; // it wraps around soon
    public const uint ClientIss = 1_000_000;

    private static readonly TcpEndpoint Client = new(IpAddress.Parse("10.8.0.2"), 40_000);
    private static readonly TcpEndpoint Server = new(IpAddress.Parse("10.9.0.1"), 7);
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch + TimeSpan.FromDays(20_000);

    private readonly List<CapturedPacket> _packets = [];

    public IReadOnlyList<CapturedPacket> Packets => _packets;

    /// <summary>The sender of what the server sends from now on.</summary>
    public WireSender Origin { get; set; } = new(0x02_00_00_00_00_01, 0, 0);

    /// <summary>Milliseconds from a packet to the next.</summary>
    public int Step { get; set; } = 1;

    public byte ServerTtl { get; set; } = 64;

    /// <summary>A capture keeps this many bytes of a packet.</summary>
    public int SnapLength { get; set; } = int.MaxValue;

    public bool HasTimestamps { get; set; } = true;

    public uint ClientClock { get; set; } = 5_000;

    public uint ServerClock { get; set; } = 70_000;

    public WireScript Open() => ClientSyn().ServerSyn().FromClient(1, 1);

    public WireScript ClientSyn(uint iss = ClientIss) => Add(Segment(fromServer: false) with
    {
        Flags = TcpFlags.Syn,
        Sequence = new SequenceNumber(iss),
        Window = 60_000,
        Options = SynOptions(ClientScale, ClientClock, 0),
    });

    public WireScript ServerSyn(uint iss = ServerIss) => Add(Segment(fromServer: true) with
    {
        Flags = TcpFlags.Syn | TcpFlags.Ack,
        Sequence = new SequenceNumber(iss),
        Acknowledgment = new SequenceNumber(ClientIss + 1),
        Window = 64_000,
        Options = SynOptions(ServerScale, ServerClock, ClientClock),
    });

    public WireScript FromClient(
        uint sequence, uint ack, int length = 0, int window = 60_000, TcpFlags flags = TcpFlags.Ack, byte[]? payload = null,
        SackBlock? sack = null, uint? echo = null) =>
        Add(Filled(Segment(fromServer: false), sequence, ack, length, window >> ClientScale, flags, payload, sack, echo));

    public WireScript FromServer(
        uint sequence, uint ack, int length = 0, int window = 64_000, TcpFlags flags = TcpFlags.Ack, byte[]? payload = null,
        SackBlock? sack = null, uint? echo = null) =>
        Add(Filled(Segment(fromServer: true), sequence, ack, length, window >> ServerScale, flags, payload, sack, echo));

    /// <summary>The bytes that belong at these positions of either stream.</summary>
    public static byte[] Bytes(uint position, int length) =>
        [.. Enumerable.Range((int)position, length).Select(at => (byte)(at * 7 ^ at >> 8))];

    public WireReport Check(WireCheckOptions? options = null) =>
        Assert.Single(WireChecker.Check(_packets, options ?? new WireCheckOptions()));

    private OutboundSegment Segment(bool fromServer) => new()
    {
        Flow = fromServer ? new FlowKey(Server, Client) : new FlowKey(Client, Server),
        MaximumPayload = 1_400,
        HopLimit = fromServer ? ServerTtl : (byte)64,
    };

    private OutboundSegment Filled(
        OutboundSegment segment, uint sequence, uint ack, int length, int window, TcpFlags flags, byte[]? payload,
        SackBlock? sack, uint? echo)
    {
        var isServer = segment.Flow.Local == Server;
        var (own, peer) = isServer ? (ServerIss, ClientIss) : (ClientIss, ServerIss);
        segment.Sequence = new SequenceNumber(own) + sequence;
        segment.Acknowledgment = new SequenceNumber(peer) + ack;
        segment.Window = (ushort)window;
        segment.Flags = flags;
        segment.Payload = new ReadOnlySequence<byte>(payload ?? Bytes(sequence, length));
        var (clock, peerClock) = isServer ? (ServerClock, ClientClock) : (ClientClock, ServerClock);
        segment.Options = new TcpOptions
        {
            HasTimestamps = HasTimestamps,
            TimestampValue = clock,
            TimestampEcho = echo ?? peerClock,
        };
        if (sack is { } block)
        {
            segment.Options.SackCount = 1;
            segment.Options.Sack[0] = new SackBlock(
                new SequenceNumber(peer) + block.Left.Value, new SequenceNumber(peer) + block.Right.Value);
        }

        return segment;
    }

    private TcpOptions SynOptions(int scale, uint clock, uint echo) => new()
    {
        MaximumSegmentSize = 1460,
        HasWindowScale = true,
        WindowScale = (byte)scale,
        SackPermitted = true,
        HasTimestamps = HasTimestamps,
        TimestampValue = clock,
        TimestampEcho = echo,
    };

    private WireScript Add(OutboundSegment segment)
    {
        var bytes = Wire.Packets.Encode(segment);
        var time = _packets.Count == 0 ? Start : _packets[^1].Time + TimeSpan.FromMilliseconds(Step);
        var captured = bytes.AsMemory(0, Math.Min(bytes.Length, SnapLength));
        var origin = segment.Flow.Local == Server ? Origin : default;
        _packets.Add(new CapturedPacket(_packets.Count + 1, time, origin, captured, bytes.Length));
        return this;
    }
}
