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
    public void Many_small_frames_before_large_ones_are_dropped_until_a_buffer_is_free()
    {
        var held = new HeldFrames();
        for (var i = 0; i < 600; i++) held.AddNewest(Frame(Small, i));
        for (var i = 600; i < 1_000; i++) held.AddNewest(Frame(Large, i));

        Assert.Equal(1_000, held.Dropped + held.Count);
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

    /// <summary>The numbers wrap; an acknowledgment without payload has the number of the payload that follows it.</summary>
    [Fact]
    public void Segments_that_overtook_each_other_are_put_in_the_order_of_their_numbers()
    {
        var held = new HeldFrames();
        uint[] sequences = [uint.MaxValue - 999, 1_001, 1, 1, uint.MaxValue - 1_999, 5_001, 4_001];
        foreach (var (index, sequence) in sequences.Index()) held.AddNewest(Segment(sequence, acknowledgment: (uint)index));
        held.AddNewest(Frame(Small, 0)); // no segment
        held.SortBySequence();

        var acknowledgments = Enumerable.Range(1, held.Count - 1).Select(index => AcknowledgmentOf(held[index]));
        Assert.Equal([4, 0, 2, 3, 1, 6, 5], acknowledgments);
        Assert.Equal(0, Mark(held[0]));
        held.Release();
    }

    private static LinkFrame Segment(uint sequence, uint acknowledgment)
    {
        var address = IpAddress.Parse("10.0.0.1");
        var segment = new OutboundSegment
        {
            Flow = new FlowKey(new TcpEndpoint(address, 1), new TcpEndpoint(address, 2)),
            Sequence = new SequenceNumber(sequence),
            Acknowledgment = new SequenceNumber(acknowledgment),
            Flags = TcpFlags.Ack,
        };
        var buffer = FrameBuffer.Rent();
        return new LinkFrame(buffer, 0, PacketWriter.WriteHeaders(buffer.Bytes, segment, ChecksumMode.Full), true, 0);
    }

    private static uint AcknowledgmentOf(in LinkFrame frame)
    {
        PacketReader.Read(frame.Packet, checksumVerified: true, 0, out var packet);
        return packet.Tcp.Acknowledgment.Value;
    }

    private static LinkFrame Frame(int length, int mark)
    {
        var buffer = FrameBuffer.Rent();
        BitConverter.TryWriteBytes(buffer.Bytes, mark);
        return new LinkFrame(buffer, 0, length, false, 0);
    }

    private static int Mark(in LinkFrame frame) => BitConverter.ToInt32(frame.Packet.Span);
}
