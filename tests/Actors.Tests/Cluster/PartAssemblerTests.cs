using ActorStack.Actors.Cluster;

namespace ActorStack.Actors.Tests.Cluster;

public sealed class PartAssemblerTests
{
    private const int Maximum = 100;

    private readonly PartAssembler _assembler = new(Maximum);

    [Fact]
    public void The_parts_of_a_message_make_it_whole()
    {
        Assert.Null(_assembler.Add(Part(1, 0, 5, 1, 2)));
        Assert.Null(_assembler.Add(Part(1, 1, 5, 3, 4)));
        Assert.Equal([1, 2, 3, 4, 5], _assembler.Add(Part(1, 2, 5, 5))!.Value.ToArray());
        Assert.Equal([6], _assembler.Add(Part(2, 0, 1, 6))!.Value.ToArray());
    }

    [Fact]
    public void A_lost_part_loses_its_message_and_no_other()
    {
        Assert.Null(_assembler.Add(Part(1, 0, 4, 1)));
        Assert.Null(_assembler.Add(Part(1, 2, 4, 3)));
        Assert.Null(_assembler.Add(Part(1, 3, 4, 4)));
        Assert.Null(_assembler.Add(Part(2, 1, 4, 4)));
        Assert.Equal([9], _assembler.Add(Part(3, 0, 1, 9))!.Value.ToArray());
    }

    [Fact]
    public void A_message_that_is_given_up_half_way_is_replaced_by_the_next()
    {
        Assert.Null(_assembler.Add(Part(1, 0, 4, 1)));
        Assert.Null(_assembler.Add(Part(2, 0, 2, 7)));
        Assert.Equal([7, 8], _assembler.Add(Part(2, 1, 2, 8))!.Value.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(Maximum + 1)]
    [InlineData(int.MaxValue)]
    public void A_length_beyond_the_largest_message_is_refused(int length) =>
        Assert.Throws<FormatException>(() => _assembler.Add(Part(1, 0, length, 1)));

    [Fact]
    public void More_bytes_than_the_message_has_are_refused()
    {
        Assert.Throws<FormatException>(() => _assembler.Add(Part(1, 0, 1, 1, 2)));
        Assert.Null(_assembler.Add(Part(1, 0, 3, 1)));
        Assert.Throws<FormatException>(() => _assembler.Add(Part(1, 1, 3, 2, 3, 4)));
        Assert.Throws<FormatException>(() => _assembler.Add(Part(2, 0, 3)));
    }

    private static NodeProtocol.Part Part(long number, int index, int length, params byte[] bytes) =>
        new(number, index, length, "handoff-transfer/1", bytes);
}
