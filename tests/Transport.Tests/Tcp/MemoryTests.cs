using ActorStack.Tests.Common.Simulation;
using ActorStack.Transport.Buffers;
using ActorStack.Transport.State;
using ActorStack.Transport.Tcp;
using ActorStack.Transport.Tcp.Options;
using ActorStack.Transport.Tcp.Statistics;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Tcp;

/// <summary>
/// The limit of all connections' memory, as one connection obeys it (RFC 9293 section 3.8.6: the right edge never moves back).
/// </summary>
public sealed class MemoryTests
{
    private const int Segment = 1460;
    private const int Window = 64 * 1024;

    private readonly TcpMemory _memory = new(new TcpMemoryLimits(1_000_000, 2_000_000, 3_000_000));
    private readonly TcpSettings _settings;

    public MemoryTests() => _settings = TcpSettings.Default with
    {
        Timestamps = false,
        Options = new SocketOptions { CongestionAlgorithm = "reno" },
        Memory = _memory,
    };

    [Fact]
    public void Under_pressure_a_window_is_used_up_and_its_right_edge_never_moves_back()
    {
        var peer = ScriptedPeer.Established(_settings, Window);
        var edge = RightEdge(peer);
        _memory.Add(_memory.Limits.Pressure);

        for (var next = 1001u; next < 1001 + Window - 4 * Segment; next += Segment)
        {
            peer.Arrive(TcpFlags.Ack, next, 5001, Segment);
            peer.Read(Segment);
            var now = RightEdge(peer);
            Assert.True(now >= edge, $"the right edge moved from {edge.Value} to {now.Value}");
            edge = now;
        }

        var record = peer.Connection.Export(ExportScope.Bare, peer.Now);
        Assert.InRange(edge - new SequenceNumber(record.Receive.RcvNxt), Segment, 5 * Segment);
    }

    [Fact]
    public void After_pressure_the_window_opens_again()
    {
        var peer = ScriptedPeer.Established(_settings, Window);
        _memory.Add(_memory.Limits.Pressure);
        var next = 1001u;
        for (; next < 1001 + Window; next += Segment)
        {
            peer.Arrive(TcpFlags.Ack, next, 5001, Segment);
            peer.Read(Segment);
        }

        _memory.Add(_memory.Limits.Low - _memory.Used - 1);
        peer.Arrive(TcpFlags.Ack, next, 5001, Segment);
        peer.Read(Segment);

        var record = peer.Connection.Export(ExportScope.Bare, peer.Now);
        Assert.InRange(RightEdge(peer) - new SequenceNumber(record.Receive.RcvNxt), Window - 2 * Segment, Window);
    }

    [Fact]
    public void Pressure_lasts_until_less_than_low_is_used_and_is_counted_once()
    {
        _memory.Add(_memory.Limits.Pressure);
        _memory.Add(_memory.Limits.Low - _memory.Used);
        Assert.True(_memory.IsUnderPressure);
        _memory.Add(_memory.Limits.Pressure - _memory.Used);
        Assert.Equal(1, _memory.Pressures);

        _memory.Add(_memory.Limits.Low - _memory.Used - 1);
        Assert.False(_memory.IsUnderPressure);
    }

    [Fact]
    public void Beyond_the_limit_text_is_not_taken_for_an_application_that_does_not_read_and_is_when_it_reads()
    {
        var peer = ScriptedPeer.Established(_settings, Window);
        peer.Arrive(TcpFlags.Ack, 1001, 5001, 4096);
        _memory.Add(_memory.Limits.High);

        var answer = Assert.Single(peer.Arrive(TcpFlags.Ack | TcpFlags.Fin, 1001 + 4096, 5001, 100));
        Assert.Equal(1001u + 4096, answer.Acknowledgment.Value);
        Assert.Equal(1, _settings.Counters[TcpExt.RcvPruned]);
        Assert.Equal(TcpState.Established, peer.Connection.State);

        peer.Read(4096);
        answer = Assert.Single(peer.Arrive(TcpFlags.Ack | TcpFlags.Fin, 1001 + 4096, 5001, 100));
        Assert.Equal(1001u + 4096 + 100 + 1, answer.Acknowledgment.Value);
        Assert.Equal(TestPattern.Take(1001 + 4096, 100, salt: 3), peer.Receive.Read(100));
    }

    /// <summary>RFC 2018 section 8: the receiver may discard what it reported.</summary>
    [Fact]
    public void Beyond_the_limit_what_is_beyond_a_gap_is_given_up_and_comes_again()
    {
        var peer = ScriptedPeer.Established(_settings, Window);
        peer.Arrive(TcpFlags.Ack, 2001, 5001, 1000);
        Assert.Equal(1000 + 2048, _memory.OutOfOrder);
        _memory.Add(_memory.Limits.High);

        var answer = Assert.Single(peer.Arrive(TcpFlags.Ack, 3001, 5001, 1000));
        Assert.Equal(0, answer.Options.SackCount);
        Assert.Equal((1L, 1L), (_settings.Counters[TcpExt.OfoPruned], _settings.Counters[TcpExt.TCPOFODrop]));
        Assert.Equal(0, _memory.OutOfOrder);

        _memory.Add(-_memory.Limits.High);
        peer.Arrive(TcpFlags.Ack, 1001, 5001, 1000);
        peer.Arrive(TcpFlags.Ack, 2001, 5001, 2000);
        TestPattern.Verify(peer.Receive.Read(3000), 1001, salt: 3);
    }

    [Fact]
    public void Text_beyond_gaps_alone_brings_no_pressure()
    {
        var peers = Enumerable.Range(0, 40).Select(_ => ScriptedPeer.Established(_settings, Window)).ToList();
        foreach (var peer in peers)
        {
            for (var next = 2001u; next < 1001 + Window - Segment; next += 2 * Segment)
                peer.Arrive(TcpFlags.Ack, next, 5001, Segment);
        }

        Assert.InRange(_memory.OutOfOrder, _memory.Limits.Low / 2, _memory.Limits.Low / 2 + 2 * 2048);
        Assert.False(_memory.IsUnderPressure);
        Assert.NotEqual(0, _settings.Counters[TcpExt.TCPOFODrop]);
    }

    [Fact]
    public void Tiny_segments_beyond_gaps_hold_no_more_than_twice_the_window()
    {
        var peer = ScriptedPeer.Established(_settings, Window);
        for (var next = 1003u; next < 1001 + Window; next += 2) peer.Arrive(TcpFlags.Ack, next, 5001, 1);

        Assert.InRange(_memory.OutOfOrder, Window, 2 * Window);
        peer.Arrive(TcpFlags.Ack, 1001, 5001, ushort.MaxValue);
        Assert.Equal(ushort.MaxValue, peer.Receive.Unread);
        TestPattern.Verify(peer.Receive.Read(ushort.MaxValue), 1001, salt: 3);
        Assert.Equal(0, _memory.OutOfOrder);
    }

    /// <summary>
    /// Whatever arrives and however often the connection moves, what is counted is what the record holds, and in the end nothing.
    /// </summary>
    [Fact]
    public void What_is_counted_beyond_gaps_follows_from_the_record()
    {
        for (var seed = 1; seed <= 50; seed++)
        {
            var random = new Random(seed);
            var peer = ScriptedPeer.Established(_settings, Window);
            for (var step = 0; step < 200; step++)
            {
                peer.Arrive(
                    TcpFlags.Ack, 1001 + (uint)random.Next(Window), 5001, random.Next(1, random.Next(2) == 0 ? 10 : 5000));
                peer.Read(random.Next(3000));
                var record = peer.Connection.Export(ExportScope.Whole, peer.Now);
                Assert.True(_memory.OutOfOrder == record.Queues.OutOfOrderLengths.Sum(length => length + 2048L),
                    $"seed {seed}, step {step}");
                if (random.Next(20) != 0) continue;
                var moved = peer.Connection;
                peer.Move();
                moved.Retire();
            }

            peer.Connection.Abort(new IOException("over"), peer.Now);
            Assert.True(_memory.OutOfOrder == 0 && _memory.Used == 0, $"seed {seed}");
        }
    }

    private static SequenceNumber RightEdge(ScriptedPeer peer)
    {
        var record = peer.Connection.Export(ExportScope.Bare, peer.Now);
        return new SequenceNumber(record.Receive.RcvWup) + record.Receive.RcvWnd;
    }
}
