using System.Buffers;
using ActorStack.Transport.State;
using ActorStack.Transport.State.Sections;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Payload;

public sealed class PayloadAssemblyTests
{
    private const string Id = "2-40";
    private const long Epoch = 6;
    private const int Size = 1_000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Chunks_in_any_order_and_twice_give_the_payload(int seed)
    {
        var random = new Random(seed);
        // The numbers wrap.
        var image = Image(unacknowledged: uint.MaxValue - 3_000, send: 7_777, undelivered: 2_500, 1_460, 20, 3_000);
        var chunks = Cutter().Cut(image).ToList();
        var assembly = new PayloadAssembly(Id, Epoch);

        foreach (var chunk in chunks.Concat(chunks).OrderBy(_ => random.Next())) assembly.Add(chunk);

        Assert.Empty(assembly.Missing(image.State));
        AssertEqual(image.Payload, assembly.Complete(image.State));
    }

    [Fact]
    public void What_was_cut_ahead_is_not_cut_again_and_what_was_acknowledged_or_read_meanwhile_is_trimmed()
    {
        var ahead = Image(unacknowledged: 100, send: 5_500, undelivered: 3_000, 2_000);
        var cutter = Cutter();
        var assembly = new PayloadAssembly(Id, Epoch);
        foreach (var chunk in cutter.Cut(ahead)) assembly.Add(chunk);

        // 2,200 bytes are acknowledged, 700 more written; the gap of 100 is filled, 1,000 bytes are read, 400 came beyond the
        // run.
        var frozen = Image(
            unacknowledged: 2_300, send: 4_000, undelivered: 4_500, receiveStart: ahead.State.UndeliveredStart + 1_000);
        var rest = cutter.Cut(frozen).ToList();
        foreach (var chunk in rest) assembly.Add(chunk);

        Assert.Equal(700 + 100 + 400, rest.Sum(chunk => PayloadChunk.Decode(chunk).Range.Bytes.Length));
        AssertEqual(frozen.Payload, assembly.Complete(frozen.State));
    }

    [Fact]
    public void Out_of_order_bytes_that_went_ahead_are_undelivered_ones_once_the_gap_is_filled()
    {
        var ahead = Image(unacknowledged: 1, send: 0, undelivered: 0, 1_000);
        var cutter = Cutter();
        var assembly = new PayloadAssembly(Id, Epoch);
        foreach (var chunk in cutter.Cut(ahead)) assembly.Add(chunk);
        var start = ahead.State.Queues.OutOfOrderSequences[0];

        var frozen = Image(unacknowledged: 1, send: 0, undelivered: 1_000, receiveStart: start);

        Assert.Empty(cutter.Cut(frozen));
        AssertEqual(frozen.Payload, assembly.Complete(frozen.State));
    }

    [Theory]
    [InlineData(0, "1000 bytes of the Send queue are missing from sequence number 100 on")]
    [InlineData(3, "500 bytes of the Send queue are missing from sequence number 3100 on")]
    [InlineData(4, "1000 bytes of the Receive queue are missing from sequence number 50000 on")]
    [InlineData(6, "300 bytes of the Receive queue are missing")]
    public void A_missing_chunk_is_named(int missing, string message)
    {
        var image = Image(unacknowledged: 100, send: 3_500, undelivered: 2_000, 300);
        var assembly = new PayloadAssembly(Id, Epoch);
        foreach (var (index, chunk) in Cutter().Cut(image).Index())
        {
            if (index != missing) assembly.Add(chunk);
        }

        Assert.Single(assembly.Missing(image.State));
        var error = Assert.Throws<FormatException>(() => assembly.Complete(image.State));
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void Payload_that_came_in_chunks_is_not_copied()
    {
        var image = Image(unacknowledged: 100, send: 3 * Size, undelivered: 0);
        var chunks = Cutter().Cut(image).ToList();
        var assembly = new PayloadAssembly(Id, Epoch);
        foreach (var chunk in chunks) assembly.Add(chunk);

        var parts = new List<byte[]?>();
        foreach (var part in assembly.Complete(image.State).Send)
            parts.Add(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(part, out var array) ? array.Array : null);

        Assert.Equal(3, parts.Count);
        foreach (var (chunk, part) in chunks.Zip(parts)) Assert.Same(chunk, part);
    }

    [Fact]
    public void Every_flipped_bit_and_every_truncation_of_a_chunk_is_a_format_error()
    {
        var chunk = Cutter().Cut(Image(unacknowledged: 100, send: 40, undelivered: 0)).Single();
        var assembly = new PayloadAssembly(Id, Epoch);
        for (var bit = 0; bit < chunk.Length * 8; bit++)
        {
            chunk[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<FormatException>(() => assembly.Add(chunk.ToArray()));
            chunk[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        for (var length = 0; length < chunk.Length; length++)
            Assert.Throws<FormatException>(() => assembly.Add(chunk.AsMemory(0, length)));
        assembly.Add(chunk);
    }

    [Theory]
    [InlineData("2-41", Epoch, "connection '2-41'")]
    [InlineData(Id, Epoch - 1, "epoch 5")]
    public void A_chunk_of_another_connection_or_move_is_refused(string id, long epoch, string message)
    {
        var chunk = new PayloadCutter(id, epoch).Cut(Image(unacknowledged: 100, send: 40, undelivered: 0)).Single();
        var error = Assert.Throws<FormatException>(() => new PayloadAssembly(Id, Epoch).Add(chunk));
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void More_than_the_limit_is_refused_and_repetition_does_not_count()
    {
        var assembly = new PayloadAssembly(Id, Epoch, limit: 64 * 1024);
        var chunks = Cutter().Cut(Image(unacknowledged: 100, send: 100_000, undelivered: 0)).ToList();
        for (var repeat = 0; repeat < 1_000; repeat++) assembly.Add(chunks[0]);

        var error = Assert.Throws<FormatException>(() => chunks.ForEach(chunk => assembly.Add(chunk)));

        Assert.Contains("65536 bytes", error.Message);
    }

    [Fact]
    public void A_chunk_far_from_all_others_is_refused()
    {
        var assembly = new PayloadAssembly(Id, Epoch);
        assembly.Add(Chunk(0));
        var error = Assert.Throws<FormatException>(() => assembly.Add(Chunk(1u << 31)));
        Assert.Contains("out of any window", error.Message);
    }

    [Fact]
    public void A_chunk_of_no_payload_or_of_too_much_is_not_written()
    {
        Assert.Throws<ArgumentException>(() => Chunk(0, 0));
        Assert.Throws<ArgumentException>(() => Chunk(0, PayloadChunk.MaximumLength + 1));
    }

    private static PayloadCutter Cutter() => new(Id, Epoch, Size);

    private static byte[] Chunk(uint start, int length = 10)
    {
        var bytes = new ReadOnlySequence<byte>(new byte[length]);
        return new PayloadChunk(Id, Epoch, new PayloadRange(PayloadQueue.Send, new SequenceNumber(start), bytes)).Encode();
    }

    private static ConnectionImage Image(uint unacknowledged, int send, int undelivered, params int[] runs) =>
        Image(unacknowledged, send, undelivered, receiveStart: 50_000, runs);

    /// <summary>
    /// Each byte follows from its queue and sequence number, so that images at different times agree; runs lie 100 bytes apart.
    /// </summary>
    private static ConnectionImage Image(uint unacknowledged, int send, int undelivered, uint receiveStart, params int[] runs)
    {
        var next = receiveStart + (uint)undelivered;
        var starts = new uint[runs.Length];
        for (var run = 0; run < runs.Length; run++) starts[run] = (run == 0 ? next : starts[run - 1] + (uint)runs[run - 1]) + 100;
        return new ConnectionImage(
            new TcpConnectionState
            {
                Identity = new IdentitySection { State = TcpState.Established },
                Send = new SendSpaceSection { SndUna = unacknowledged, SndMax = unacknowledged },
                Receive = new ReceiveSpaceSection { RcvNxt = next },
                Queues = new QueuesSection
                {
                    SendLength = send,
                    UndeliveredLength = undelivered,
                    OutOfOrderSequences = starts,
                    OutOfOrderLengths = Array.ConvertAll(runs, run => (uint)run),
                },
            },
            new ConnectionPayload
            {
                Send = new ReadOnlySequence<byte>(Bytes(1, unacknowledged, send)),
                Undelivered = new ReadOnlySequence<byte>(Bytes(2, receiveStart, undelivered)),
                OutOfOrder = [.. starts.Select((start, run) => Bytes(2, start, runs[run]))],
            });
    }

    private static ReadOnlyMemory<byte> Bytes(uint salt, uint start, int length) =>
        Enumerable.Range(0, length).Select(offset => (byte)((start + (uint)offset) * 2_654_435_761u * salt >> 24)).ToArray();

    private static void AssertEqual(ConnectionPayload expected, ConnectionPayload actual)
    {
        Assert.Equal(expected.Send.ToArray(), actual.Send.ToArray());
        Assert.Equal(expected.Undelivered.ToArray(), actual.Undelivered.ToArray());
        Assert.Equal(expected.OutOfOrder.Select(run => run.ToArray()), actual.OutOfOrder.Select(run => run.ToArray()));
    }
}
