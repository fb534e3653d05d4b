namespace ActorStack.Hosting.Tests.Documents;

/// <summary>A part of a file that is made from the code. <c>ACTORSTACK_GOLDEN=write</c> writes it anew.</summary>
internal static class GeneratedPart
{
    /// <summary>Compares the part of a file between two lines, or all of it, with what it should be, or writes it.</summary>
    public static void Check(string file, string begin, string end, string made)
    {
        var path = Path.Combine(Document.Root, file);
        var text = File.ReadAllText(path);
        var first = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        var last = end.Length == 0 ? text.Length : text.IndexOf(end, first, StringComparison.Ordinal);
        Assert.True(first >= begin.Length && last >= first, $"{file} has no part from '{begin}' to '{end}'");
        if (Environment.GetEnvironmentVariable("ACTORSTACK_GOLDEN") == "write")
            File.WriteAllText(path, text[..first] + made + text[last..]);
        else
            Assert.Equal(made, text[first..last]);
    }
}
