using ActorStack.Tests.Common;
using ActorStack.Transport.Links;
using ActorStack.Transport.Tests.Wire;
using ActorStack.Transport.Wire;

namespace ActorStack.Transport.Tests.Links;

public sealed class InMemoryWireWaitTests
{
    [Fact]
    public void WakeBeforeWaitEndsTheNextWaitOnly()
    {
        using var wire = new InMemoryWire(new InMemoryWireOptions());
        wire.Left.Wake();
        wire.Left.Wait(Timeout.InfiniteTimeSpan);
        wire.Left.Wait(TimeSpan.Zero);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WakeEndsAWaitOfAnotherThread(bool isRealTime)
    {
        using var wire = new InMemoryWire(new InMemoryWireOptions(), isRealTime ? TimeProvider.System : null);
        var waiting = Task.Run(() => wire.Left.Wait(Timeout.InfiniteTimeSpan));
        wire.Left.Wake();
        await waiting.WaitAsync(Patience.Limit);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task APacketEndsAWaitOfAnotherThread(bool isRealTime)
    {
        using var wire = new InMemoryWire(new InMemoryWireOptions(), isRealTime ? TimeProvider.System : null);
        var waiting = Task.Run(() => wire.Left.Wait(Timeout.InfiniteTimeSpan));
        wire.Right.Send(RandomSegments.Next(new Random(1), isIPv6: false, maximumPayload: 10));
        await waiting.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task InVirtualTimeAWaitEndsWhenItsTimeOrAPacketHasCome()
    {
        var delayed = new WireImpairments { Delay = TimeSpan.FromSeconds(1) };
        using var wire = new InMemoryWire(new InMemoryWireOptions { RightToLeft = delayed });
        wire.Right.Send(RandomSegments.Next(new Random(2), isIPv6: false, maximumPayload: 10));
        var packet = Task.Run(() => wire.Left.Wait(Timeout.InfiniteTimeSpan));
        var timer = Task.Run(() => wire.Right.Wait(TimeSpan.FromSeconds(1)));
        Assert.False(packet.IsCompleted);
        for (var now = TimeSpan.Zero; !packet.IsCompleted || !timer.IsCompleted; now += TimeSpan.FromSeconds(1))
        {
            wire.Advance(now);
            await Task.Yield();
        }
    }

    [Fact]
    public void InRealTimeAWaitEndsWithItsTimeOrWithADelayedPacket()
    {
        var delayed = new WireImpairments { Delay = TimeSpan.FromMilliseconds(3) };
        using var wire = new InMemoryWire(new InMemoryWireOptions { RightToLeft = delayed }, TimeProvider.System);
        var before = wire.Now;
        wire.Left.Wait(TimeSpan.FromMilliseconds(2));
        Assert.True(wire.Now - before >= TimeSpan.FromMilliseconds(2));

        wire.Right.Send(RandomSegments.Next(new Random(3), isIPv6: false, maximumPayload: 10));
        wire.Left.Wait(Patience.Limit);
        Assert.Equal(1, wire.Left.Receive(new LinkFrame[1]));
    }

    [Fact]
    public async Task ClosingALinkEndsItsWait()
    {
        using var wire = new InMemoryWire(new InMemoryWireOptions(), TimeProvider.System);
        var waiting = Task.Run(() => wire.Left.Wait(Timeout.InfiniteTimeSpan));
        wire.Left.Dispose();
        await waiting.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task TwoThreadsExchangeEveryPacketInOrder()
    {
        const int Count = 20_000;
        using var wire = new InMemoryWire(new InMemoryWireOptions(), TimeProvider.System);
        var left = Task.Factory.StartNew(() => Exchange(wire.Left, Count), TaskCreationOptions.LongRunning);
        var right = Task.Factory.StartNew(() => Exchange(wire.Right, Count), TaskCreationOptions.LongRunning);
        await (await Task.WhenAny(left, right).WaitAsync(Patience.Limit));
        await Task.WhenAll(left, right).WaitAsync(Patience.Limit);
    }

    private static void Exchange(ILink link, int count)
    {
        var segment = RandomSegments.Next(new Random(5), isIPv6: true, maximumPayload: 100);
        var frames = new LinkFrame[16];
        for (var (sent, received) = (0, 0); sent < count || received < count;)
        {
            for (var burst = 0; burst < 8 && sent < count; burst++)
            {
                segment.Sequence = new SequenceNumber((uint)sent++);
                link.Send(segment);
            }

            if (sent == count && received < count) link.Wait(Timeout.InfiniteTimeSpan);
            var read = link.Receive(frames);
            foreach (var frame in frames[..read])
            {
                PacketReader.Read(frame.Packet, frame.ChecksumVerified, frame.SegmentSize, out var packet);
                Assert.Equal((uint)received++, packet.Tcp.Sequence.Value);
                frame.Buffer.Release();
            }
        }
    }
}
