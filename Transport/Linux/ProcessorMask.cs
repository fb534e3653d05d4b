namespace ActorStack.Transport.Linux;

/// <summary>A set of processors as files of the kernel have it: words of 32 bits in hexadecimal, the highest first.</summary>
internal static class ProcessorMask
{
    private const int WordBits = 32;

    /// <summary>The first <paramref name="count"/> processors; at least one.</summary>
    public static string First(int count)
    {
        var whole = (count - 1) / WordBits;
        var highest = (1UL << count - whole * WordBits) - 1;
        return string.Join(',', [$"{highest:x}", .. Enumerable.Repeat("ffffffff", whole)]);
    }
}
