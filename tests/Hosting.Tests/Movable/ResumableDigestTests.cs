using ActorStack.CommandLine.Traffic;

namespace ActorStack.Hosting.Tests.Movable;

public sealed class ResumableDigestTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4_095)]
    [InlineData(4_096)]
    [InlineData(4_097)]
    [InlineData(20_000)]
    public void A_digest_does_not_depend_on_where_it_was_interrupted(int interruption)
    {
        var bytes = new byte[20_000];
        new Random(1).NextBytes(bytes);
        var whole = new ResumableDigest();
        whole.Append(bytes);
        var first = new ResumableDigest();
        first.Append(bytes.AsSpan(0, interruption));
        var second = new ResumableDigest(first.State);
        foreach (var value in bytes.AsSpan(interruption)) second.Append([value]);
        Assert.Equal(whole.Current, second.Current);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9_999)]
    [InlineData(19_999)]
    public void A_flipped_bit_changes_the_digest(int place)
    {
        var bytes = new byte[20_000];
        var (sound, damaged) = (new ResumableDigest(), new ResumableDigest());
        sound.Append(bytes);
        bytes[place] ^= 1;
        damaged.Append(bytes);
        Assert.NotEqual(sound.Current, damaged.Current);
    }
}
