using System.Buffers.Binary;
using ActorStack.Actors.Serialization;
using ActorStack.Tests.Common;
using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;
using Hyperion;
using static ActorStack.Actors.Tests.Serialization.RecordBytes;

namespace ActorStack.Actors.Tests.Serialization;

public sealed class HyperionStateCodecTests
{
    private const int ChecksumOffset = Envelope.HeaderLength - sizeof(uint);

    private static readonly HyperionStateCodec Codec = HyperionStateCodec.Instance;

    [Fact]
    public void Every_field_round_trips()
    {
        var state = DistinctState.Create();
        var decoded = Codec.Decode(Codec.Encode(state));
        Assert.Equal(DistinctState.Show(state), DistinctState.Show(decoded.State));
        Assert.Empty(decoded.Ledger.Entries);
        Assert.Null(decoded.Payload);
    }

    [Fact]
    public void No_field_of_the_distinct_record_has_its_default()
    {
        var fresh = DistinctState.Show(new TcpConnectionState());
        foreach (var (left, right) in DistinctState.Show(DistinctState.Create()).Zip(fresh)) Assert.NotEqual(left, right);
    }

    [Fact]
    public void A_fresh_record_with_addresses_round_trips()
    {
        var state = Minimal;
        Assert.Equal(Codec.Encode(state), Codec.Encode(Codec.Decode(Codec.Encode(state)).State));
    }

    /// <summary>So it stands from a timeout to the first retransmission.</summary>
    [Fact]
    public void A_recovery_that_has_resent_nothing_yet_travels()
    {
        var state = Minimal with { Undo = new UndoSection { Retransmitted = -1 } };
        Assert.Equal(-1, Codec.Decode(Codec.Encode(state)).State.Undo.Retransmitted);
    }

    [Fact]
    public void Every_truncation_is_a_format_error()
    {
        var bytes = Codec.Encode(DistinctState.Create());
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<FormatException>(() => Codec.Decode(bytes.AsMemory(0, length)));
    }

    [Fact]
    public void Every_truncation_with_a_fitting_header_is_a_format_error()
    {
        var bytes = Codec.Encode(DistinctState.Create());
        for (var length = Envelope.HeaderLength; length < bytes.Length; length++)
            Assert.Throws<FormatException>(() => Codec.Decode(Reseal(bytes[..length])));
    }

    [Fact]
    public void Every_flipped_bit_is_a_format_error()
    {
        var bytes = Codec.Encode(DistinctState.Create());
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<FormatException>(() => Codec.Decode(bytes));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Hostile_bytes_under_a_valid_checksum_are_read_or_refused_as_format_errors()
    {
        var random = new Random(1);
        var original = Codec.Encode(DistinctState.Create());
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = original.ToArray();
            for (var change = 0; change < 1 + (round % 4); change++)
                bytes[random.Next(Envelope.HeaderLength, bytes.Length)] = (byte)random.Next(256);
            var error = Record.Exception(() => Codec.Decode(Reseal(bytes)));
            Assert.True(error is null or FormatException, error?.ToString());
        }
    }

    [Fact]
    public void Trailing_bytes_are_refused()
    {
        var error = Assert.Throws<FormatException>(() => Codec.Decode(Reseal([.. Codec.Encode(Minimal), 0])));
        Assert.Contains("follow the last section", error.Message);
    }

    [Theory]
    [InlineData(0, "magic")]
    [InlineData(4, "version")]
    [InlineData(6, "epoch")]
    [InlineData(14, "layout")]
    public void A_foreign_header_is_named(int offset, string wrong)
    {
        var bytes = Codec.Encode(Minimal);
        bytes[offset] ^= 0x55;
        var error = Assert.Throws<FormatException>(() => Codec.Decode(Reseal(bytes)));
        Assert.Contains(wrong, error.Message);
    }

    [Fact]
    public void A_hostile_length_is_refused()
    {
        var bytes = Codec.Encode(Minimal);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(ChecksumOffset - sizeof(int)), int.MaxValue);
        var error = Assert.Throws<FormatException>(() => Codec.Decode(bytes));
        Assert.Contains("length", error.Message);
    }

    [Theory]
    [MemberData(nameof(Intruders))]
    public void A_type_that_does_not_belong_is_refused(object intruder)
    {
        Intruder.Created = 0;
        var blob = new MemoryStream();
        new Serializer(new SerializerOptions(
            versionTolerance: false, preserveObjectReferences: false, null, null, null, false, null, disallowUnsafeTypes: false,
            DisabledTypeFilter.Instance)).Serialize(intruder, blob);
        Assert.Throws<FormatException>(() => Codec.Decode(WithIdentity(blob.ToArray())));
        Assert.Equal(0, Intruder.Created);
    }

    public static TheoryData<object> Intruders() => new()
    {
        new Intruder(), new[] { new Intruder() }, new Exception("no"), "text", 5, typeof(Intruder), new List<int> { 1 },
    };

    [Fact]
    public void A_type_that_does_not_belong_is_refused_inside_of_a_field()
    {
        // An array of references is where Hyperion reads a type's name inside the record.
        var bytes = GoldenRecords.Record("1-distinct");
        var text = "System.Byte[][]"u8;
        var at = bytes.AsSpan().IndexOf(text);
        Assert.True(at > 0);
        "System.Guid[][]"u8.CopyTo(bytes.AsSpan(at));
        var error = Assert.Throws<FormatException>(() => Codec.Decode(Reseal(bytes)));
        Assert.Contains("OutOfOrderData", error.Message);
    }

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        // 255: a type by its name; then arrays of one element in each other until the stack would overflow.
        var name = "System.Byte[][], System.Private.CoreLib,%core%"u8;
        var level = new byte[1 + sizeof(int) + name.Length + sizeof(int)];
        level[0] = 255;
        BinaryPrimitives.WriteInt32LittleEndian(level.AsSpan(1), name.Length);
        name.CopyTo(level.AsSpan(5));
        BinaryPrimitives.WriteInt32LittleEndian(level.AsSpan(5 + name.Length), 1);
        var blob = new byte[level.Length * 200_000];
        for (var offset = 0; offset < blob.Length; offset += level.Length) level.CopyTo(blob.AsSpan(offset));

        Assert.Throws<FormatException>(() => Codec.Decode(WithIdentity(blob)));
    }

    [Theory]
    [MemberData(nameof(Unfit))]
    public void A_record_no_stack_can_take_is_refused(Case<TcpConnectionState> state, string wrong)
    {
        var error = Assert.Throws<FormatException>(() => Codec.Decode(Codec.Encode(state.Value)));
        Assert.Contains(wrong, error.Message);
    }

    public static NamedCases<TcpConnectionState, string> Unfit() => new()
    {
        { Minimal with { Identity = Minimal.Identity with { LocalAddress = [1] } }, "addresses" },
        { Minimal with { Identity = Minimal.Identity with { RemoteAddress = new byte[16] } }, "addresses" },
        { Minimal with { Identity = Minimal.Identity with { RemoteAddress = null! } }, "RemoteAddress" },
        { Minimal with { Negotiated = Minimal.Negotiated with { SndWindScale = 15 } }, "scale" },
        { Minimal with { Identity = Minimal.Identity with { State = (TcpState)77 } }, "state" },
        { Minimal with { Queues = new QueuesSection { SendLength = -1 } }, "SendLength" },
        { Minimal with { Identity = Minimal.Identity with { ConnectionId = null! } }, "ConnectionId" },
        { Minimal with { Queues = new QueuesSection { OutOfOrderSequences = [1] } }, "count" },
        { Minimal with { Scoreboard = Minimal.Scoreboard with { RunSequences = [0] } }, "differ in count" },
        { WithRuns([1], [0]), "SND.UNA" },
        { WithRuns([0, 0], [0, 0]), "ascend" },
        { WithRuns([0, 2000], [0, 0]), "ascend" },
        { WithRuns([0], [4]), "flags" },
        { WithRuns([0], [0]) with { Scoreboard = WithRuns([0], [0]).Scoreboard with { RunSegmentSizes = [0] } }, "size" },
        { WithRuns([0], [0]) with { Scoreboard = WithRuns([0], [0]).Scoreboard with { RunSegments = [2000] } }, "segments" },
        { Minimal with { Recovery = Minimal.Recovery with { State = 5 } }, "Recovery: state 5" },
        { Minimal with { Recovery = Minimal.Recovery with { State = 3 } }, "recovery" },
        { Minimal with { Queues = new QueuesSection { OutOfOrderSequences = null! } }, "OutOfOrderSequences" },
        { WithRuns([0], [0]) with { Queues = new QueuesSection { SendLength = 999 } }, "missing" },
        { Minimal with { Send = Minimal.Send with { SndUna = 5, SndMax = 4 } }, "beyond" },
        { Minimal with { Send = Minimal.Send with { FinSent = true } }, "FIN" },
        {
            Minimal with
            {
                Identity = Minimal.Identity with { State = TcpState.SynReceived },
                Send = Minimal.Send with { Iss = 5, SndUna = 6, SndMax = 6 },
            },
            "SYN"
        },
        {
            Minimal with
            {
                Identity = Minimal.Identity with { State = TcpState.SynSent },
                Send = Minimal.Send with { SndMax = 2 },
            },
            "missing"
        },
        { Minimal with { Timers = Minimal.Timers with { RetransmitTicksLeft = long.MaxValue } }, "RetransmitTicksLeft" },
        { Minimal with { Timestamps = Minimal.Timestamps with { ClockTicks = long.MinValue } }, "Timestamps: ClockTicks" },
        {
            WithRuns([0], [0]) with { Scoreboard = WithRuns([0], [0]).Scoreboard with { RunSentTicks = [long.MinValue] } },
            "time"
        },
        { Minimal with { Liveness = Minimal.Liveness with { PersistProbes = -1 } }, "PersistProbes" },
        { Minimal with { DeliveryRate = Minimal.DeliveryRate with { Delivered = long.MaxValue } }, "Delivered" },
    };

    private static TcpConnectionState WithRuns(uint[] starts, byte[] flags) => Minimal with
    {
        Send = Minimal.Send with { SndMax = 1000 },
        Scoreboard = Minimal.Scoreboard with
        {
            RunSequences = starts,
            RunFlags = flags,
            RunSentTicks = new long[starts.Length],
            RunOrders = new long[starts.Length],
            RunSegmentSizes = [.. starts.Select(_ => 100u)],
            RunSegments = [.. starts.Select(_ => 1u)],
            RunFirstSentTicks = new long[starts.Length],
            RunDeliveredTicks = new long[starts.Length],
            RunDelivered = new long[starts.Length],
            RunLost = new long[starts.Length],
            RunFlights = new uint[starts.Length],
            RunApplicationLimited = new byte[starts.Length],
        },
        Queues = new QueuesSection { SendLength = 1000 },
    };

    /// <summary>A real record with another blob in its first section.</summary>
    private static byte[] WithIdentity(byte[] blob) => Changed(
        Codec.Encode(Minimal),
        sections => sections.Select(section => section.Key == "identity" ? section with { Blob = blob } : section));

    private sealed class Intruder
    {
        public static int Created { get; set; }

        public Intruder() => Created++;
    }
}
