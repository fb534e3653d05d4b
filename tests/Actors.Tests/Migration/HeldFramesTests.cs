using ActorStack.Actors.Migration;
using ActorStack.Transport.Wire;

namespace ActorStack.Actors.Tests.Migration;

public sealed class HeldFramesTests
{
    private const int Large = 60_000;
    private const int Small = 100;

    [Fact]
    public void What_does_not_fit_replaces_the_oldest_frames()
    {
        var held = new HeldFrames();
        for (var i = 0; i < 1_000; i++) held.AddNewest(Frame(i % 3 == 0 ? Small : Large, i));

        Assert.Equal(1_000, held.Dropped + held.Count);
        Assert.InRange(held.Dropped, 500, 900);
        for (var i = 0; i < held.Count; i++) Assert.Equal(held.Dropped + i, Mark(held[i]));
        held.Release();
    }

    [Fact]
    public void Frames_that_share_a_buffer_with_dropped_ones_stay_whole()
    {
        var held = new HeldFrames();
        for (var i = 0; i < 10; i++) held.AddNewest(Frame(Small, i));
        held.DropFirst(7);
        held.AddNewest(Frame(Small, 10));
        Assert.Equal([7, 8, 9, 10], Enumerable.Range(0, held.Count).Select(i => Mark(held[i])));
        held.DropFirst(4);
        held.AddNewest(Frame(Small, 11));
        Assert.Equal((1, 11L, 11), (held.Count, held.Dropped, Mark(held[0])));
        held.Release();
    }

    private static LinkFrame Frame(int length, int mark)
    {
        var buffer = FrameBuffer.Rent();
        BitConverter.TryWriteBytes(buffer.Bytes, mark);
        return new LinkFrame(buffer, 0, length, false, 0);
    }

    private static int Mark(in LinkFrame frame) => BitConverter.ToInt32(frame.Packet.Span);
}
