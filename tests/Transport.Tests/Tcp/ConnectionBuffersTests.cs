using System.Buffers;
using System.IO.Pipelines;
using ActorStack.Transport.Buffers;

namespace ActorStack.Transport.Tests.Tcp;

public sealed class ConnectionBuffersTests
{
    private static readonly ConnectionBufferOptions Options = new()
    {
        SendCapacity = 1000,
        ReceiveCapacity = 1000,
        ApplicationScheduler = PipeScheduler.Inline,
    };

    private readonly ConnectionBuffers _buffers = new(Options);

    [Fact]
    public async Task The_application_waits_until_the_peer_acknowledged_half_of_the_capacity()
    {
        await _buffers.Application.Output.WriteAsync(new byte[600]);
        var write = _buffers.Application.Output.WriteAsync(new byte[600]);
        Assert.False(write.IsCompleted);
        _buffers.Send.Refresh();
        Assert.Equal(1200, _buffers.Send.Length);
        _buffers.Send.Acknowledge(600);
        Assert.False(write.IsCompleted);
        _buffers.Send.Acknowledge(200);
        Assert.True(write.IsCompleted);
        Assert.Equal(400, _buffers.Send.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task A_view_of_the_unread_bytes_has_those_that_were_examined_too(int examined)
    {
        _buffers.Receive.Write("0123456789"u8);
        _buffers.Receive.Flush();
        var input = _buffers.Application.Input;
        var read = await input.ReadAsync();
        input.AdvanceTo(read.Buffer.GetPosition(5), read.Buffer.GetPosition(5 + examined));
        Assert.Equal("56789"u8.ToArray(), _buffers.ViewUnread().ToArray());
        Assert.Equal("56789"u8.ToArray(), _buffers.ViewUnread().ToArray());
        _buffers.Receive.Write("ab"u8);
        _buffers.Receive.Flush();
        Assert.Equal("56789ab"u8.ToArray(), _buffers.ViewUnread().ToArray());
        _buffers.PassInput();
        Assert.Equal("56789ab"u8.ToArray(), (await input.ReadAsync()).Buffer.ToArray());
    }

    [Fact]
    public async Task A_view_of_the_unread_bytes_has_those_of_a_read_that_was_not_ended()
    {
        _buffers.Receive.Write("0123456789"u8);
        _buffers.Receive.Flush();
        await _buffers.Application.Input.ReadAsync();
        Assert.Equal("0123456789"u8.ToArray(), _buffers.ViewUnread().ToArray());
        Assert.Equal(10, _buffers.Receive.Unread);
    }

    [Fact]
    public void An_input_without_unread_bytes_has_an_empty_view()
    {
        Assert.Empty(_buffers.ViewUnread().ToArray());
        var reading = _buffers.Application.Input.ReadAsync();
        Assert.False(reading.IsCompleted);
    }

    [Fact]
    public async Task The_first_read_of_a_successor_returns_at_once_with_what_was_examined()
    {
        _buffers.Receive.Write("0123456789"u8);
        _buffers.Receive.Flush();
        var input = _buffers.Application.Input;
        var read = await input.ReadAsync();
        input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        _buffers.PassInput();
        var reading = input.ReadAsync();
        Assert.True(reading.IsCompleted);
        Assert.Equal("0123456789"u8.ToArray(), (await reading).Buffer.ToArray());
    }

    [Fact]
    public async Task The_application_may_be_ahead_by_the_limit_and_no_more_also_after_it_shrank()
    {
        var buffers = new ConnectionBuffers(Options with { InitialSendLimit = 1000, SendCapacity = 100_000 });
        await buffers.Application.Output.WriteAsync(new byte[900]);
        var write = buffers.Application.Output.WriteAsync(new byte[900]);
        buffers.Send.Refresh();
        Assert.False(write.IsCompleted);

        buffers.Send.Limit = 50_000;
        buffers.Send.Acknowledge(1);
        Assert.True(write.IsCompleted);
        write = WriteUntilItWaits(buffers);
        Assert.InRange(buffers.Send.Length, 50_000 / 8 * 7, 50_000);

        buffers.Send.Limit = 10_000;
        buffers.Send.Acknowledge(buffers.Send.Length - 11_000);
        Assert.False(write.IsCompleted);
        buffers.Send.Acknowledge(8_000);
        Assert.True(write.IsCompleted);
        _ = WriteUntilItWaits(buffers);
        Assert.InRange(buffers.Send.Length, 10_000 / 8 * 7, 10_000);
    }

    [Fact]
    public void Buffers_that_are_held_back_let_no_one_be_further_ahead_than_at_the_beginning()
    {
        var buffers = new ConnectionBuffers(Options with
        {
            InitialSendLimit = 1000,
            SendCapacity = 100_000,
            InitialReceiveLimit = 1000,
            ReceiveCapacity = 50_000,
        });
        buffers.Send.Limit = 50_000;
        buffers.Receive.Raise(40_000);
        var write = WriteUntilItWaits(buffers);
        Assert.InRange(buffers.Send.Length, 50_000 / 8 * 7, 50_000);

        buffers.IsHeldBack = true;
        buffers.Send.Limit = 60_000;
        Assert.Equal((1000L, 1000L), (buffers.Send.Limit, buffers.Receive.Limit));
        while (!write.IsCompleted) buffers.Send.Acknowledge(100);
        Assert.InRange(buffers.Send.Length, 0, 1000);
        write = WriteUntilItWaits(buffers);
        Assert.InRange(buffers.Send.Length, 500, 1000 + 400);

        buffers.IsHeldBack = false;
        Assert.Equal((60_000L, 40_000L), (buffers.Send.Limit, buffers.Receive.Limit));
        Assert.True(write.IsCompleted);
        _ = WriteUntilItWaits(buffers);
        Assert.InRange(buffers.Send.Length, 60_000 / 8 * 7, 60_000);
    }

    [Fact]
    public void A_receive_limit_that_is_raised_while_the_queue_is_held_back_counts_afterwards()
    {
        _buffers.IsHeldBack = true;
        _buffers.Receive.Raise(1000);
        _buffers.IsHeldBack = false;
        Assert.Equal(1000, _buffers.Receive.Limit);
    }

    [Fact]
    public async Task An_application_that_waits_for_a_message_larger_than_the_limit_gets_room_for_it()
    {
        var buffers = new ConnectionBuffers(Options with { InitialReceiveLimit = 1000, ReceiveCapacity = 3000 });
        foreach (var limit in new[] { 2000, 3000, 3000 })
        {
            buffers.Receive.Write(new byte[buffers.Receive.Limit - buffers.Receive.Unread]);
            buffers.Receive.Flush();
            var read = await buffers.Application.Input.ReadAsync();
            buffers.Application.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            Assert.Equal(limit, buffers.Receive.Limit);
        }
    }

    [Fact]
    public void The_limit_holds_for_an_engine_that_takes_little_of_what_it_reads()
    {
        var buffers = new ConnectionBuffers(Options with { InitialSendLimit = 1000, SendCapacity = 100_000 });
        buffers.Send.Limit = 20_000;
        _ = WriteUntilItWaits(buffers);
        var pump = buffers.Send.BeginPump();
        for (var step = 0; step < 5; step++)
        {
            Assert.True(pump.TryRead(out var read));
            pump.AdvanceTo(read.Buffer.GetPosition(10));
        }

        buffers.Send.EndPump(default);
        _ = WriteUntilItWaits(buffers);
        Assert.InRange(buffers.Send.Length, 20_000 / 8 * 7, 20_000);
    }

    [Fact]
    public async Task Slices_follow_each_other_and_go_back()
    {
        var buffers = new ConnectionBuffers(Options with { InitialSendLimit = 1 << 20, SendCapacity = 1 << 20 });
        var written = new byte[500_000];
        new Random(7).NextBytes(written);
        await buffers.Application.Output.WriteAsync(written);
        buffers.Send.Refresh();
        var acknowledged = 0;
        for (var offset = 0; offset + 40_000 <= written.Length; offset += 10_000)
        {
            Assert.Equal(written[offset..(offset + 30_000)], buffers.Send.Slice(offset - acknowledged, 30_000).ToArray());
            Assert.Equal(written[(offset + 30_000)..(offset + 40_000)],
                buffers.Send.Slice(offset + 30_000 - acknowledged, 10_000).ToArray());
            if (offset % 30_000 != 0) continue;
            buffers.Send.Acknowledge(offset + 5_000 - acknowledged);
            acknowledged = offset + 5_000;
        }
    }

    [Fact]
    public async Task Sent_bytes_stay_readable_until_they_are_acknowledged()
    {
        await _buffers.Application.Output.WriteAsync(new byte[] { 1, 2, 3 });
        _buffers.Send.Refresh();
        await _buffers.Application.Output.WriteAsync(new byte[] { 4, 5 });
        _buffers.Send.Refresh();
        _buffers.Send.Acknowledge(1);
        Assert.Equal([2, 3, 4, 5], _buffers.Send.Slice(0, 4).ToArray());
        Assert.Equal([4], _buffers.Send.Slice(2, 1).ToArray());
    }

    [Fact]
    public async Task Bytes_that_an_engine_gives_back_go_before_those_in_the_pipe()
    {
        await _buffers.Application.Output.WriteAsync(new byte[] { 1, 2, 3 });
        _buffers.Send.Refresh();
        var pump = _buffers.Send.BeginPump();
        Assert.True(pump.TryRead(out var read));
        pump.AdvanceTo(read.Buffer.End);
        await _buffers.Application.Output.WriteAsync(new byte[] { 4, 5 });
        _buffers.Send.EndPump(new ReadOnlySequence<byte>([2, 3]));
        Assert.Equal(4, _buffers.Send.Length);
        Assert.Equal(2, _buffers.Send.Carried);
        Assert.Equal([2, 3], _buffers.Send.Slice(0, 4).ToArray());
        Assert.Equal([4, 5], _buffers.Send.Slice(2, 2).ToArray());
        _buffers.Send.Acknowledge(3);
        Assert.Equal(0, _buffers.Send.Carried);
        Assert.Equal([5], _buffers.Send.Slice(0, 1).ToArray());
    }

    [Fact]
    public void Carried_bytes_keep_the_pipe_from_an_engine()
    {
        _buffers.Send.BeginPump();
        _buffers.Send.EndPump(new ReadOnlySequence<byte>([1]));
        Assert.Throws<InvalidOperationException>(() => _buffers.Send.BeginPump());
    }

    [Fact]
    public async Task Completing_the_output_is_seen_after_the_last_byte()
    {
        await _buffers.Application.Output.WriteAsync(new byte[] { 1 });
        await _buffers.Application.Output.CompleteAsync();
        Assert.True(_buffers.Send.Refresh());
        Assert.True(_buffers.Send.IsCompleted);
        Assert.Equal(1, _buffers.Send.Length);
        _buffers.Send.Acknowledge(1);
        Assert.Equal(0, _buffers.Send.Length);
        Assert.True(_buffers.Send.IsCompleted);
    }

    [Fact]
    public async Task Completing_the_output_with_an_error_asks_for_a_reset()
    {
        var error = new InvalidOperationException("broken");
        await _buffers.Application.Output.CompleteAsync(error);
        _buffers.Send.Refresh();
        Assert.Same(error, _buffers.AbortError);
    }

    [Fact]
    public async Task The_observer_hears_of_every_flush_and_of_a_quarter_read()
    {
        var observer = new CountingObserver();
        _buffers.Observer = observer;
        await _buffers.Application.Output.WriteAsync(new byte[10]);
        Assert.Equal(1, observer.Wrote);

        _buffers.Receive.Write(new byte[400]);
        _buffers.Receive.Flush();
        Assert.Equal(400, _buffers.Receive.Unread);
        var input = _buffers.Application.Input;
        var read = await input.ReadAsync();
        input.AdvanceTo(read.Buffer.GetPosition(249));
        Assert.Equal(0, observer.Read);
        read = await input.ReadAsync();
        input.AdvanceTo(read.Buffer.GetPosition(1));
        Assert.Equal(1, observer.Read);
        Assert.Equal(150, _buffers.Receive.Unread);
    }

    [Fact]
    public async Task Bytes_are_visible_to_the_application_when_flushed()
    {
        var read = _buffers.Application.Input.ReadAsync();
        _buffers.Receive.Write([1, 2]);
        Assert.False(read.IsCompleted);
        _buffers.Receive.Flush();
        Assert.Equal([1, 2], (await read).Buffer.ToArray());
    }

    [Fact]
    public async Task Bytes_that_nobody_will_read_do_not_close_the_window()
    {
        _buffers.Receive.Write(new byte[1000]);
        _buffers.Receive.Flush();
        Assert.Equal(1000, _buffers.Receive.Unread);
        await _buffers.Application.Input.CompleteAsync();
        Assert.Equal(0, _buffers.Receive.Unread);
    }

    [Fact]
    public async Task Bytes_that_the_application_was_never_handed_are_lost()
    {
        _buffers.Receive.Write([1, 2]);
        _buffers.Receive.Flush();
        var input = _buffers.Application.Input;
        input.AdvanceTo((await input.ReadAsync()).Buffer.GetPosition(1));
        _buffers.Receive.Write([3]);
        _buffers.Receive.Flush();
        Assert.False(_buffers.Receive.HasLostData);
        await input.CompleteAsync();
        Assert.True(_buffers.Receive.HasLostData);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(8)]
    public async Task Bytes_that_the_application_was_handed_are_not_lost_whatever_it_consumed(int? consumed)
    {
        var memory = new TcpMemory(TcpMemoryLimits.Unlimited);
        var buffers = new ConnectionBuffers(Options with { Memory = memory });
        buffers.Receive.Write(new byte[10]);
        buffers.Receive.Flush();
        var input = buffers.Application.Input;
        var read = await input.ReadAsync();
        if (consumed is { } count) input.AdvanceTo(read.Buffer.GetPosition(count), read.Buffer.End);
        await input.CompleteAsync();
        await input.CompleteAsync();
        Assert.True(buffers.Receive.IsAbandoned);
        Assert.False(buffers.Receive.HasLostData);
        Assert.Equal(0, memory.Used);
    }

    [Fact]
    public async Task Where_the_input_ends_by_a_cancellation_nothing_is_lost_and_nothing_kept()
    {
        var memory = new TcpMemory(TcpMemoryLimits.Unlimited);
        var buffers = new ConnectionBuffers(Options with { Memory = memory });
        buffers.Receive.Write(new byte[10]);
        await buffers.Application.Input.CompleteAsync(new OperationCanceledException());
        buffers.Receive.Write(new byte[10]);
        buffers.Receive.Flush();
        Assert.Equal((false, false), (buffers.Receive.IsAbandoned, buffers.Receive.HasLostData));
        Assert.Equal((0, 0), (buffers.Receive.Unread, memory.Used));
    }

    [Fact]
    public async Task Data_that_is_lost_stays_lost_also_where_the_input_ends_again_by_a_cancellation()
    {
        _buffers.Receive.Write([1]);
        await _buffers.Application.Input.CompleteAsync();
        await _buffers.Application.Input.CompleteAsync(new OperationCanceledException());
        Assert.Equal((true, true), (_buffers.Receive.IsAbandoned, _buffers.Receive.HasLostData));
    }

    [Fact]
    public async Task Bytes_that_come_when_nobody_reads_any_more_are_lost()
    {
        await _buffers.Application.Input.CompleteAsync();
        Assert.False(_buffers.Receive.HasLostData);
        _buffers.Receive.Write([1]);
        _buffers.Receive.Flush();
        Assert.True(_buffers.Receive.HasLostData);
    }

    [Fact]
    public async Task What_was_read_to_its_end_is_not_lost()
    {
        _buffers.Receive.Write([1, 2]);
        _buffers.Receive.Complete();
        var input = _buffers.Application.Input;
        input.AdvanceTo((await input.ReadAsync()).Buffer.End);
        await input.CompleteAsync();
        Assert.False(_buffers.Receive.HasLostData);
    }

    [Fact]
    public async Task A_lost_connection_is_told_to_the_reader_after_the_bytes_that_came()
    {
        _buffers.Receive.Write([1]);
        _buffers.Receive.Fail(new IOException("lost"));
        await Assert.ThrowsAsync<IOException>(async () => await _buffers.Application.Input.ReadAsync());
    }

    [Fact]
    public async Task A_closed_queue_lets_the_application_finish_its_writes()
    {
        var write = _buffers.Application.Output.WriteAsync(new byte[5000]);
        Assert.False(write.IsCompleted);
        _buffers.Send.Refresh();
        _buffers.Send.Close();
        Assert.True((await write).IsCompleted);
    }

    private static ValueTask<FlushResult> WriteUntilItWaits(ConnectionBuffers buffers)
    {
        for (var writes = 0; writes < 1_000; writes++)
        {
            var write = buffers.Application.Output.WriteAsync(new byte[400]);
            buffers.Send.Refresh();
            if (!write.IsCompleted) return write;
        }

        throw new InvalidOperationException($"the application does not wait with {buffers.Send.Length} bytes");
    }

    private sealed class CountingObserver : IBufferObserver
    {
        public int Wrote { get; private set; }

        public int Read { get; private set; }

        public void OnApplicationWrote() => Wrote++;

        public void OnApplicationRead() => Read++;
    }
}
