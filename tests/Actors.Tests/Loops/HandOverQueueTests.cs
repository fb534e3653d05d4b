using ActorStack.Actors.Connections;
using ActorStack.Actors.Loop;
using ActorStack.Actors.Tests.Loop;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Loops;

public sealed class HandOverQueueTests
{
    private readonly EventLoop _loop = new("taker", LoopMode.Manual, (error, what) => Assert.Fail($"{what}: {error}"));
    private readonly RecordingLoopLink _taker = new();
    private readonly HandOverQueue _queue = new();

    [Fact]
    public void Frames_come_in_order_a_burst_at_a_time()
    {
        _queue.Open(_loop, _taker);
        Assert.Equal(100, _queue.Add(Frames(0, 100)));
        Assert.Equal(20, _queue.Add(Frames(100, 20)));
        while (_loop.RunOnce())
        {
        }

        Assert.Equal(Enumerable.Range(0, 120), _taker.Lengths);
        Assert.Equal([EventLoop.BurstSize, 120 - EventLoop.BurstSize], _taker.Bursts);
    }

    [Fact]
    public void A_batch_is_one_piece_of_work_for_the_loop()
    {
        _queue.Open(_loop, _taker);
        _queue.Add(Frames(0, 10));
        _queue.Add(Frames(10, 10));
        Assert.True(_loop.RunOnce());
        Assert.False(_loop.RunOnce());
        Assert.Equal([20], _taker.Bursts);
    }

    [Fact]
    public void What_there_is_no_room_for_stays_the_givers()
    {
        _queue.Open(_loop, _taker);
        Assert.Equal(HandOverQueue.Capacity, _queue.Add(Frames(0, HandOverQueue.Capacity + 10)));
        Assert.Equal(0, _queue.Add(Frames(0, 1)));
        _loop.RunOnce();
        Assert.Equal(1, _queue.Add(Frames(0, 1)));
    }

    [Fact]
    public void Frames_wait_for_a_loop_that_has_not_begun_and_are_refused_after_its_end()
    {
        Assert.Equal(5, _queue.Add(Frames(0, 5)));
        _queue.Open(_loop, _taker);
        _loop.RunOnce();
        Assert.Equal([5], _taker.Bursts);
        _queue.Close();
        Assert.Equal(0, _queue.Add(Frames(0, 1)));
    }

    /// <summary>Frames that are told apart by their length.</summary>
    private static LinkFrame[] Frames(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(length => new LinkFrame(FrameBuffer.Rent(), 0, length, false, 0))];
}
