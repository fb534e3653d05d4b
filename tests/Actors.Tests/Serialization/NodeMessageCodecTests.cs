using System.Buffers.Binary;
using ActorStack.Actors.Cluster;
using ActorStack.Actors.Cluster.Directory;
using ActorStack.Actors.Cluster.Queries;
using ActorStack.Actors.Connections;
using ActorStack.Actors.Migration.Handoff;
using ActorStack.Actors.Serialization.Messages;
using ActorStack.Tests.Common;
using ActorStack.Transport.State;
using ActorStack.Actors.Cluster.Local;
using ActorStack.Transport.Host;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Serialization;

public sealed class NodeMessageCodecTests
{
    private static readonly FlowKey IPv4 = Flow("10.9.0.1", "10.0.0.9");
    private static readonly FlowKey IPv6 = Flow("fd00:9::1", "fd00::2");

    private static readonly NodeMessage[] Samples =
    [
        new HandoffMessage.Prepare("a-1-7", 4, new HandoffOffer("10.9.0.1:7", "[fd00::2]:40000", "écho", 3, 1L << 33, 12)),
        new HandoffMessage.Prepared("a-1-7", 4),
        new HandoffMessage.Refused("a-1-7", 4, HandoffRefusal.NoCapacity, "full"),
        new HandoffMessage.Abandon("a-1-7", 4),
        new HandoffMessage.Chunk("a-1-7", 4, [1, 2, 3]),
        new HandoffMessage.Mark("a-1-7", 4, 2),
        new HandoffMessage.Marked("a-1-7", 4, 2),
        new HandoffMessage.Hold("a-1-7", 4),
        new HandoffMessage.Segment("a-1-7", 4, 3, [6, 7, 8], true, 1448),
        new HandoffMessage.Processed("a-1-7", 4, 3),
        new HandoffMessage.Transfer("a-1-7", 4, [1, 2, 3, 4], [5], 77),
        new HandoffMessage.TakenOver("a-1-7", 4),
        new HandoffMessage.Released("a-1-7", 4),
        new HandoffMessage.Gone("a-1-7", 4),
        new NodeMessage.Unknown("handoff-prepare/9", "a later build's"),
        new NodeProtocol.Hello("web-1", 17, "10.1.0.2", -5, true),
        new NodeProtocol.Ping(123),
        new NodeProtocol.Pong(123, 40),
        new NodeProtocol.Worked(new NodeWork(1L << 40, TimeSpan.FromSeconds(7))),
        new NodeProtocol.Part(3, 1, 70_000, "handoff-transfer/1", new byte[] { 9, 8 }),
        new NodeProtocol.ChannelAt(40_001),
        NodeProtocol.AskSecret.Instance,
        new NodeProtocol.Secret([7, 7]),
        new FlowMessage.Announce([new FlowEpoch(IPv4, 1), new FlowEpoch(IPv6, 2)]),
        new FlowMessage.Withdraw([new FlowEpoch(IPv6, 2)]),
        new FlowMessage.Find([new FlowQuestion(5, IPv4)]),
        new FlowMessage.Found([new FlowAnswer(5, "web-1", 8, true)]),
        new ConnectionQuery.Ask(9, "a-1-7"),
        new ConnectionQuery.Page(
            9,
            [
                new ConnectionSnapshot(
                    "a-1-8", "10.9.0.1:7", "[fd00::2]:40000", TcpState.Established, "Software", "software", 1, 2, 3.5, 4, 5, 6, 7,
                    8, 9.25, null),
            ],
            "a-1-8"),
        new LocalProtocol.Hello("process-7", 17, "as0", [7, 7]),
        new LocalProtocol.Refused("busy", "wait"),
        LocalProtocol.Begin.Instance,
        new LocalProtocol.Prepared(40, true),
        new LocalProtocol.Opened([IPv4, IPv6]),
        LocalProtocol.Routed.Instance,
        new TimeWaitMessage([TimeWait(IPv4, clock: null), TimeWait(IPv6, clock: uint.MaxValue)]),
        new LocalProtocol.Progress(1, 2, 3),
        new LocalProtocol.Done(1, 2, 3),
    ];

    public static TheoryData<string> Messages() => [.. Samples.Select(message => message.GetType().FullName!)];

    [Theory]
    [MemberData(nameof(Messages))]
    public void Every_message_is_read_as_it_was_written(string type)
    {
        var (message, manifest, bytes) = Write(type);
        Assert.Equal(bytes.Length, NodeMessageCodec.Length(message));
        var read = NodeMessageCodec.Read(manifest, bytes);
        Assert.Equal(message.GetType(), read.GetType());
        Assert.Equal(bytes, NodeMessageCodec.Write(read));
        if (message is HandoffMessage handoff)
            Assert.Equal((handoff.Connection, 4), (((HandoffMessage)read).Connection, handoff.Epoch));
        if (message is HandoffMessage.Prepare or NodeMessage.Unknown or NodeProtocol.Hello) Assert.Equal(message, read);
    }

    [Fact]
    public void Every_type_of_message_has_a_manifest_of_a_known_family()
    {
        var types = typeof(NodeMessage).Assembly.GetTypes()
            .Where(type => !type.IsAbstract && typeof(NodeMessage).IsAssignableFrom(type));
        Assert.Equal(types.ToHashSet(), Samples.Select(message => message.GetType()).ToHashSet());
        Assert.All(Samples, message => Assert.True(NodeMessageCodec.IsNodeMessage(NodeMessageCodec.Manifest(message))));
        Assert.Equal(Samples.Length, Samples.Select(NodeMessageCodec.Manifest).Distinct().Count());
    }

    [Fact]
    public void Messages_of_version_1_are_written_as_ever()
    {
        var lines = Samples.Select(message =>
            $"{NodeMessageCodec.Manifest(message)} {Convert.ToHexString(NodeMessageCodec.Write(message))}");
        Assert.Equal(GoldenMessages.Version1, string.Join('\n', lines));
    }

    private static TimeWaitEntry TimeWait(FlowKey flow, uint? clock) => new(
        flow, new SequenceNumber(uint.MaxValue), new SequenceNumber(2), 65_535, 4, clock,
        TimeSpan.FromMilliseconds(59_900), 7, 64, 8);

    [Fact]
    public void A_transfer_tells_whether_the_application_has_ended()
    {
        foreach (var state in (byte[]?[])[null, [], [1]])
        {
            var bytes = NodeMessageCodec.Write(new HandoffMessage.Transfer("a-1-7", 4, [1], state, 77));
            var read = Assert.IsType<HandoffMessage.Transfer>(NodeMessageCodec.Read("handoff-transfer/1", bytes));
            Assert.Equal(state, read.Application);
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_truncated_message_is_refused(string type)
    {
        var (_, manifest, bytes) = Write(type);
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<FormatException>(() => NodeMessageCodec.Read(manifest, bytes.AsSpan(0, length)));
        Assert.Throws<FormatException>(() => NodeMessageCodec.Read(manifest, [.. bytes, 0]));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_damaged_message_is_refused(string type)
    {
        var (_, manifest, bytes) = Write(type);
        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            var damaged = bytes.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<FormatException>(() => NodeMessageCodec.Read(manifest, damaged));
        }
    }

    /// <summary>The checksum is right here, so that every check behind it has to hold by itself.</summary>
    [Theory]
    [MemberData(nameof(Messages))]
    public void Forged_fields_are_refused_or_read_within_their_length(string type)
    {
        var (_, manifest, bytes) = Write(type);
        var random = new Random(1);
        var read = 0;
        for (var round = 0; round < 2_000; round++)
        {
            var forged = Forge(bytes, random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                NodeMessageCodec.Read(manifest, forged);
                read++;
            }
            catch (FormatException)
            {
                // refused
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 10);
        }

        Assert.True(read < 2_000 || bytes.Length <= 12);
    }

    [Fact]
    public void A_reason_of_a_later_build_is_still_a_refusal()
    {
        var bytes = NodeMessageCodec.Write(new HandoffMessage.Refused("a-1-7", 4, HandoffRefusal.NoListener, "why"));
        bytes[bytes.AsSpan().IndexOf("NoListener"u8)] = (byte)'M';
        var read = Assert.IsType<HandoffMessage.Refused>(NodeMessageCodec.Read("handoff-refused/1", Sealed(bytes)));
        Assert.Equal((HandoffRefusal.UnknownFormat, "why"), (read.Reason, read.Detail));
    }

    [Fact]
    public void A_long_explanation_is_cut_and_a_long_name_is_refused_where_it_is_written()
    {
        var long5000 = new string('x', 5000);
        var refused = new HandoffMessage.Refused("a-1-7", 4, HandoffRefusal.BadState, long5000);
        var read = NodeMessageCodec.Read("handoff-refused/1", NodeMessageCodec.Write(refused));
        Assert.Equal(1000, Assert.IsType<HandoffMessage.Refused>(read).Detail.Length);
        Assert.Throws<ArgumentException>(() => NodeMessageCodec.Length(new HandoffMessage.Prepared(long5000, 1)));
    }

    [Fact]
    public void Payload_is_copied_once_to_write_it_and_once_to_read_it()
    {
        const int Payload = 60_000;
        var chunk = new HandoffMessage.Chunk("a-1-7", 4, new byte[Payload]);
        var bytes = NodeMessageCodec.Write(chunk);
        Assert.InRange(Allocations.Least(() => NodeMessageCodec.Write(chunk)), Payload, Payload + 1_000);
        Assert.InRange(Allocations.Least(() => NodeMessageCodec.Read("handoff-chunk/1", bytes)), Payload, Payload + 1_000);
    }

    private static (NodeMessage Message, string Manifest, byte[] Bytes) Write(string type)
    {
        var message = Samples.Single(sample => sample.GetType().FullName == type);
        return (message, NodeMessageCodec.Manifest(message), NodeMessageCodec.Write(message));
    }

    private static byte[] Forge(byte[] bytes, Random random)
    {
        var forged = bytes[..random.Next(4, bytes.Length + 1)];
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            if (random.Next(2) == 0) forged[random.Next(forged.Length)] = (byte)random.Next(256);
            else BinaryPrimitives.WriteInt32LittleEndian(forged.AsSpan(random.Next(forged.Length - 3)), Extreme(random));
        }

        return Sealed(forged);
    }

    private static int Extreme(Random random) => random.Next(4) switch
    {
        0 => int.MaxValue,
        1 => int.MinValue,
        2 => -1,
        _ => random.Next(100_000),
    };

    private static byte[] Sealed(byte[] bytes)
    {
        var crc = new Crc32C();
        crc.Append(bytes.AsSpan(0, bytes.Length - 4));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4), crc.Value);
        return bytes;
    }

    private static FlowKey Flow(string local, string remote) =>
        new(new TcpEndpoint(IpAddress.Parse(local), 7), new TcpEndpoint(IpAddress.Parse(remote), 40_000));
}
