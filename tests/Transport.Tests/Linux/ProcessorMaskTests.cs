using ActorStack.Transport.Linux;

namespace ActorStack.Transport.Tests.Linux;

public sealed class ProcessorMaskTests
{
    [Theory]
    [InlineData(1, "1")]
    [InlineData(2, "3")]
    [InlineData(31, "7fffffff")]
    [InlineData(32, "ffffffff")]
    [InlineData(33, "1,ffffffff")]
    [InlineData(64, "ffffffff,ffffffff")]
    [InlineData(70, "3f,ffffffff,ffffffff")]
    public void The_first_processors_are_words_of_32_bits_with_the_highest_first(int count, string expected) =>
        Assert.Equal(expected, ProcessorMask.First(count));
}
