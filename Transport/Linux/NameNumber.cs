namespace ActorStack.Transport.Linux;

/// <summary>
/// Numbers for what is named in the kernel, such as firewall marks and routing tables: the same in every process, so that the
/// leftovers of a killed one are found.
/// </summary>
internal static class NameNumber
{
    /// <summary>FNV-1a, folded to 16 bits.</summary>
    public static uint Of(string name)
    {
        var hash = 2_166_136_261;
        foreach (var character in name) hash = unchecked((hash ^ character) * 16_777_619);
        return (hash >> 16) ^ (hash & 0xFFFF);
    }
}
