using System.Buffers;
using System.Runtime.InteropServices;
using ActorStack.Transport.Buffers;

namespace ActorStack.Transport.Tests.Tcp;

public sealed class PayloadPoolTests
{
    [Fact]
    public void A_block_that_was_returned_is_rented_again_and_the_collector_does_not_move_it()
    {
        var block = PayloadPool.Instance.Rent(1);
        Assert.Equal(PayloadPool.BlockSize, block.Memory.Length);
        block.Memory.Span[0] = 1;
        var address = AddressOf(block);
        block.Dispose();
        GC.Collect();

        var again = PayloadPool.Instance.Rent(PayloadPool.BlockSize);

        Assert.Same(block, again);
        Assert.Equal(address, AddressOf(again));
        again.Dispose();
    }

    [Fact]
    public void Blocks_that_are_rented_at_the_same_time_do_not_overlap()
    {
        var blocks = Enumerable.Range(0, 100).Select(_ => PayloadPool.Instance.Rent()).ToList();
        foreach (var (index, block) in blocks.Index()) block.Memory.Span.Fill((byte)index);
        foreach (var (index, block) in blocks.Index())
            Assert.False(block.Memory.Span.ContainsAnyExcept((byte)index), $"block {index}");
        blocks.ForEach(block => block.Dispose());
    }

    [Fact]
    public void A_block_that_is_returned_twice_is_an_error()
    {
        var block = PayloadPool.Instance.Rent();
        block.Dispose();
        Assert.Throws<InvalidOperationException>(block.Dispose);
    }

    [Fact]
    public void More_than_a_block_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PayloadPool.Instance.Rent(PayloadPool.BlockSize + 1));

    private static IntPtr AddressOf(IMemoryOwner<byte> block)
    {
        Assert.True(MemoryMarshal.TryGetArray<byte>(block.Memory, out var array));
        return Marshal.UnsafeAddrOfPinnedArrayElement(array.Array!, 0);
    }
}
