using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Receiving;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp;

/// <summary>A peer that sends whatever comes to mind, near the edges of the windows for the most part.</summary>
public sealed class HostilePeerTests
{
    private const int ReceiveCapacity = 32 * 1024;

    [Fact]
    public void No_segment_breaks_an_invariant()
    {
        for (var seed = 1; seed <= 400; seed++)
        {
            try
            {
                Torment(seed);
            }
            catch (Exception error) when (error is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"seed {seed}: {error}");
            }
        }
    }

    [Theory]
    [InlineData("left to right")]
    [InlineData("right to left")]
    [InlineData("odd, then even")]
    [InlineData("even, then odd, from the right")]
    [InlineData("shuffled")]
    public void Single_bytes_beyond_a_gap_hold_memory_in_proportion_to_what_is_counted(string order)
    {
        const int Bytes = 8_000;
        var memory = new TcpMemory(TcpMemoryLimits.Unlimited);
        var queue = new ReassemblyQueue(memory);
        var text = TestPattern.Take(0, Bytes, salt: 3);
        foreach (var number in Ordered(Enumerable.Range(0, Bytes), order))
        {
            Assert.True(queue.Insert(new SequenceNumber((uint)number), text.AsSpan(number, 1), limit: long.MaxValue),
                $"{number} was not kept");
            Assert.Equal(queue.Weight, memory.OutOfOrder);
            Assert.InRange(queue.ArrayBytes, 0, 2 * memory.OutOfOrder);
        }

        Assert.Equal([0u], queue.ExportRanges().Sequences);
        Assert.Equal(text, Assert.Single(queue.ExportPayload()).ToArray());
    }

    [Fact]
    public void Segments_of_any_size_in_any_order_hold_memory_in_proportion_to_what_is_counted()
    {
        const int Bytes = 64 * 1024;
        var text = TestPattern.Take(0, Bytes, salt: 3);
        for (var seed = 1; seed <= 50; seed++)
        {
            var random = new Random(seed);
            var largest = 1 << random.Next(1, 16);
            var queue = new ReassemblyQueue(null);
            var held = new bool[Bytes];
            for (var step = 0; step < 300; step++)
            {
                var start = random.Next(Bytes);
                var length = Math.Min(random.Next(1, largest), Bytes - start);
                queue.Insert(new SequenceNumber((uint)start), text.AsSpan(start, length), long.MaxValue);
                held.AsSpan(start, length).Fill(true);
                Assert.True(queue.ArrayBytes <= 3 * queue.Weight,
                    $"seed {seed}, step {step}: {queue.ArrayBytes} bytes of arrays, {queue.Weight} counted");
            }

            var (starts, lengths) = queue.ExportRanges();
            var data = queue.ExportPayload();
            Assert.Equal(lengths, data.Select(block => (uint)block.Length));
            Assert.True(
                data.Sum(block => block.Length) == held.Count(isHeld => isHeld), $"seed {seed}: too much or too little is held");
            for (var i = 0; i < starts.Length; i++)
                Assert.True(data[i].Span.SequenceEqual(text.AsSpan((int)starts[i], data[i].Length)),
                    $"seed {seed}: the block at {starts[i]} differs");
        }
    }

    private static IEnumerable<int> Ordered(IEnumerable<int> numbers, string order) => order switch
    {
        "left to right" => numbers,
        "right to left" => numbers.Reverse(),
        "odd, then even" => numbers.OrderBy(number => number % 2 == 0),
        "even, then odd, from the right" => numbers.Reverse().OrderBy(number => number % 2),
        _ => numbers.OrderBy(number => number * 7919L % 8009),
    };

    private static void Torment(int seed)
    {
        var random = new Random(seed);
        var peer = new ScriptedPeer(receiveCapacity: ReceiveCapacity, active: seed % 3 == 0, timestamps: seed % 2 == 0);
        peer.Output();
        for (var step = 0; step < 400 && peer.Connection.State is not TcpState.Closed; step++)
        {
            var before = peer.Connection.Export(ExportScope.Whole, peer.Now);
            peer.Window = (ushort)random.Next(0, random.Next(2) == 0 ? 4 : 65_536);
            switch (random.Next(10))
            {
                case 0:
                    peer.Write(random.Next(5_000), close: random.Next(200) == 0 && !peer.Send.IsCompleted);
                    break;
                case 1:
                    peer.Read(random.Next(10_000));
                    break;
                case 2:
                    if (peer.Connection.NextDeadline is not null) peer.WaitForTimer();
                    break;
                default:
                    peer.Arrive(
                        Flags(random), Near(random, before.Receive.RcvNxt),
                        Near(random, random.Next(2) == 0 ? before.Send.SndUna : before.Send.SndMax),
                        random.Next(3) == 0 ? 0 : random.Next(3_000), Options(random, before));
                    break;
            }

            Check(seed, step, peer, before);
        }
    }

    private static void Check(int seed, int step, ScriptedPeer peer, TcpConnectionState before)
    {
        var after = peer.Connection.Export(ExportScope.Whole, peer.Now);
        var where = $"seed {seed}, step {step}, {before.Identity.State} -> {after.Identity.State}";
        if (before.Identity.State is not TcpState.SynSent)
        {
            Assert.True(new SequenceNumber(after.Receive.RcvNxt) >= new SequenceNumber(before.Receive.RcvNxt),
                $"{where}: RCV.NXT moved back");
            Assert.True(
                new SequenceNumber(after.Receive.RcvWup) + after.Receive.RcvWnd
                    >= new SequenceNumber(before.Receive.RcvWup) + before.Receive.RcvWnd,
                $"{where}: the right edge moved back");
        }

        Assert.True(
            new SequenceNumber(after.Send.SndUna) >= new SequenceNumber(before.Send.SndUna), $"{where}: SND.UNA moved back");
        Assert.True(
            new SequenceNumber(after.Send.SndMax) >= new SequenceNumber(after.Send.SndNxt), $"{where}: SND.NXT beyond SND.MAX");
        Assert.True(peer.Receive.Unread <= ReceiveCapacity + 128, $"{where}: {peer.Receive.Unread} bytes unread");
        Assert.True(
            after.Queues.OutOfOrderLengths.Sum(length => length) <= ReceiveCapacity + 128, $"{where}: too much out of order");
        if (after.Send.SndUna != after.Send.SndMax && after.Identity.State is not (TcpState.Closed or TcpState.TimeWait))
            Assert.True(peer.Connection.NextDeadline is not null, $"{where}: data outstanding and no timer");
    }

    private static uint Near(Random random, uint value) => random.Next(8) switch
    {
        0 => (uint)random.NextInt64(uint.MaxValue),
        1 or 2 or 3 => value,
        _ => unchecked(value + (uint)random.Next(-3_000, 3_000)),
    };

    private static TcpFlags Flags(Random random) => random.Next(12) switch
    {
        0 => (TcpFlags)random.Next(256),
        1 => TcpFlags.Syn,
        2 => TcpFlags.Syn | TcpFlags.Ack,
        3 when random.Next(5) == 0 => TcpFlags.Rst,
        4 when random.Next(5) == 0 => TcpFlags.Fin | TcpFlags.Ack,
        _ => TcpFlags.Ack,
    };

    private static TcpOptions Options(Random random, TcpConnectionState state)
    {
        var options = new TcpOptions
        {
            HasTimestamps = random.Next(2) == 0,
            TimestampValue = Near(random, state.Timestamps.TsRecent),
        };
        if (random.Next(3) != 0) return options;
        options.SackCount = (byte)random.Next(5);
        for (var i = 0; i < options.SackCount; i++)
            options.Sack[i] = new SackBlock(new(Near(random, state.Send.SndUna)), new(Near(random, state.Send.SndMax)));
        return options;
    }
}
